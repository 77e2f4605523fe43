using System.CommandLine;
using MailKit.Net.Smtp;
using Tracker.Access;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands.Doctor;

/// <summary>Sends a probe the whole way, reads it back where it can, fetches its pixel and follows its link, and says in plain words what is wrong.</summary>
public static class DoctorMailCommand
{
    public static Command Create(CommandContext context)
    {
        var to = new Option<string?>("--to") { Description = "Where the probe goes; without it, to the account's own mailbox." };
        var from = new Option<string?>("--from") { Description = "Who sends it; without it, the account's user, else the first rep." };
        var command = new Command("mail", "Tests sending, reading back, pixel and link with a probe mail.") { to, from };
        command.SetAction((parsed, ct) => RunAsync(context, parsed.GetValue(from), parsed.GetValue(to), ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, string? from, string? to, CancellationToken ct)
    {
        var settings = context.Settings();
        await using var services = context.Services(settings);
        await Migrations.RunAsync(services.GetRequiredService<Database>(), context.Time, ct);
        var findings = new MailFindings();
        var servers = services.GetRequiredService<MailServers>();
        if (!servers.CanSend)
        {
            findings.Problem("No mail server is set for sending. Set Tracker:Mail:SmtpHost, and Tracker:Mail:User with a password or OAuth; docs/mail.md has it step by step.");
        }
        var rep = await services.GetRequiredService<Database>().ReadAsync(Reps.ListAsync, ct) is [var first, ..] ? first.Email : null;
        foreach (var account in servers.Accounts.Where(a => a.Smtp is not null))
        {
            var sender = from ?? (account.User.Contains('@', StringComparison.Ordinal) ? account.User : rep);
            if (sender is null)
            {
                findings.Problem($"{account.Name}: nobody to send as. Add a rep (tracker reps add), or name an address with --from.");
                continue;
            }
            var probe = MailProbe.Make(services, sender, to ?? sender);
            if (await SendAsync(servers, account, probe, findings, ct))
            {
                await ReadBackAsync(servers, account, probe, context.Time, findings, ct);
                await probe.VisitAsync(settings, findings, ct);
            }
        }
        return findings.Print() ? 0 : CommandLine.Failed;
    }

    static async Task<bool> SendAsync(MailServers servers, MailAccount account, MailProbe probe, MailFindings findings, CancellationToken ct)
    {
        using var client = new OutboxClient();
        try
        {
            await servers.ConnectAsync(client, account, account.Smtp!, ct);
            findings.Ok($"{account.Name}: {account.Smtp} answers, {(client.IsSecure ? $"protected by {client.SslProtocol}" : "without protection")}, {(client.IsAuthenticated ? $"signed in as {account.User}" : "without signing in")}.");
            if (!client.Capabilities.HasFlag(SmtpCapabilities.EightBitMime))
            {
                findings.Problem($"{account.Name}: {account.Smtp} does not take 8-bit mail (no 8BITMIME). Mail with other than ASCII characters in 8 bits will be refused; send it as quoted-printable or base64.");
            }
            var answer = await client.HandOverAsync(probe.Mail, probe.Sender, probe.Recipient, null, ct);
            findings.Ok($"{account.Name}: it has taken the probe from {probe.Sender} to {probe.Recipient} ({answer.Split('\n')[0].Trim()}).");
            await client.DisconnectAsync(quit: true, ct);
            return true;
        }
        catch (SmtpCommandException e)
        {
            findings.Problem($"{account.Name}: {account.Smtp} does not take the probe from {probe.Sender} to {probe.Recipient}: {(int)e.StatusCode} {e.Message}. {Advice(e)}");
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e))
        {
            findings.Problem($"{account.Name}: {account.Smtp}: {HandOver.Explain(e)}");
        }
        return false;
    }

    static string Advice(SmtpCommandException e) => e.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => "The account may probably not send as that address.",
        SmtpErrorCode.RecipientNotAccepted => "If it says something of relaying, it wants a user and password (Tracker:Mail:User).",
        _ => "",
    };

    static async Task ReadBackAsync(MailServers servers, MailAccount account, MailProbe probe, TimeProvider time, MailFindings findings, CancellationToken ct)
    {
        if (servers.Accounts.FirstOrDefault(a => a.Imap is not null && a.User.Equals(probe.Recipient, StringComparison.OrdinalIgnoreCase)) is not { } reader)
        {
            findings.Ok($"{account.Name}: whether the probe arrived cannot be seen from here (no Tracker:Mail:ImapHost for {probe.Recipient}); look into that mailbox for “{MailProbe.Subject}”. Answers are not noticed either, unless they are piped to 'tracker inbound'.");
            return;
        }
        try
        {
            if (await ProbeMailbox.FindAsync(servers, reader, probe.MessageId, time, ct) is { } arrived)
            {
                probe.Compare(arrived, reader.Imap!.ToString(), findings);
            }
            else
            {
                findings.Problem($"{account.Name}: the probe did not arrive in {reader.Folder} of {reader.Imap} within {ProbeMailbox.Longest.TotalSeconds:0} s. Look into the junk folder and the mail server's queue; a mail provider may also have given it another Message-ID.");
            }
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e))
        {
            findings.Problem($"{reader.Name}: {reader.Imap}: {HandOver.Explain(e)}");
        }
    }
}

/// <summary>What was found, told in the order in which it was.</summary>
sealed class MailFindings
{
    readonly List<(bool Ok, string Text)> _all = [];

    public void Ok(string text) => _all.Add((true, text));

    public void Problem(string text) => _all.Add((false, text));

    /// <returns>True when nothing is wrong.</returns>
    public bool Print()
    {
        foreach (var (ok, text) in _all)
        {
            Console.WriteLine($"{(ok ? "ok      " : "PROBLEM ")}{text}");
        }
        return _all.TrueForAll(f => f.Ok);
    }
}
