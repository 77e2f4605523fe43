using System.CommandLine;
using Tracker.Access;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.SetUp;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands.Doctor;

/// <summary>Sends a probe the whole way, reads it back where it can, fetches its pixel and follows its link, and says in plain words what is wrong.</summary>
public static class DoctorMailCommand
{
    /// <summary>Most mail arrives within seconds; greylisting takes minutes, which is what the option is for.</summary>
    const int WaitSeconds = 60;

    public static Command Create(CommandContext context)
    {
        var to = new Option<string?>("--to") { Description = "Where the probe goes; without it, to the account's own mailbox." };
        var from = new Option<string?>("--from") { Description = "Who sends it; without it, the account's user, else the first rep." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait until the probe arrives.", DefaultValueFactory = _ => WaitSeconds };
        wait.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > 3600)
            {
                given.AddError("--wait takes 1 to 3600 seconds.");
            }
        });
        var command = new Command("mail", "Tests sending, reading back, pixel and link with a probe mail.") { to, from, wait };
        command.SetAction((parsed, ct) => RunAsync(context, new(parsed.GetValue(from), parsed.GetValue(to), TimeSpan.FromSeconds(parsed.GetValue(wait))), ct));
        return command;
    }

    sealed record Wishes(string? From, string? To, TimeSpan Wait);

    static async Task<int> RunAsync(CommandContext context, Wishes wishes, CancellationToken ct)
    {
        var settings = context.Settings();
        await using var services = context.Services(settings);
        var database = services.GetRequiredService<Database>();
        await Migrations.RunAsync(database, context.Time, ct);
        var findings = new MailFindings(Console.Out);
        var servers = services.GetRequiredService<MailServers>();
        var accounts = await database.ReadAsync(servers.ListAsync, ct);
        if (!accounts.Any(a => a.Smtp is not null))
        {
            findings.Problem("No mail server is set for sending. Set one on the page under Settings, Outgoing mail, or set Tracker:Mail:SmtpHost, and Tracker:Mail:User with a password or OAuth; docs/mail.md has it step by step.");
        }
        var rep = await database.ReadAsync(Reps.ListAsync, ct) is [var first, ..] ? first.Email : null;
        MailProbe? last = null;
        foreach (var account in accounts.Where(a => a.Smtp is not null))
        {
            var sender = wishes.From ?? MailSending.SenderOf(account, rep);
            if (sender is null)
            {
                findings.Problem($"{account.Name}: nobody to send as. Add a rep (tracker reps add), or name an address with --from.");
                continue;
            }
            last = MailProbe.Make(services, sender, wishes.To ?? sender) ?? throw new CommandException($"'{wishes.To ?? sender}' is no address that a mail could go to.");
            if (await MailSending.TryAsync(servers, account, last, findings, ct))
            {
                await ReadBackAsync(servers, account, last, new(wishes.Wait, context.Time), findings, ct);
            }
        }
        // Also where no probe got through: who puts the mail server right should not have to come back for this.
        await (last?.VisitAsync(settings, findings, ct) ?? Task.CompletedTask);
        return findings.AreAllWell ? 0 : CommandLine.Failed;
    }

    static async Task ReadBackAsync(MailServers servers, MailAccount account, MailProbe probe, ProbeMailbox mailbox, MailFindings findings, CancellationToken ct)
    {
        MailAccount? Of(string address) => servers.OfSettings.FirstOrDefault(a => a.Imap is not null && a.User.Equals(address, StringComparison.OrdinalIgnoreCase));
        var own = Of(probe.Recipient);
        if ((own ?? Of(probe.Sender)) is not { } reader)
        {
            findings.Ok($"{account.Name}: whether the probe arrived cannot be seen from here (no Tracker:Mail:ImapHost for {probe.Recipient}); look into that mailbox for “{MailProbe.Subject}”. Answers are not noticed either, unless they are piped to 'tracker inbound'.");
            return;
        }
        try
        {
            switch (await mailbox.LookAsync(servers, reader, probe.MessageId, ct))
            {
                case { Arrived: { } arrived }:
                    probe.Compare(arrived, reader.Imap!.ToString(), findings);
                    break;
                case { Returned: { } reason }:
                    findings.Problem($"{account.Name}: the probe to {probe.Recipient} came back: {reason}");
                    break;
                case null when own is null:
                    findings.Ok($"{account.Name}: nothing came back within {mailbox.Longest.TotalSeconds:0} s. Whether the probe arrived cannot be seen from here; look into the mailbox of {probe.Recipient} for “{MailProbe.Subject}”.");
                    break;
                case null:
                    findings.Problem($"{account.Name}: the probe did not arrive in {reader.Folder} of {reader.Imap} within {mailbox.Longest.TotalSeconds:0} s (--wait makes it longer). Look into the junk folder, and into the mail server's queue and log for {probe.MessageId}; a mail provider may also have given it another Message-ID.");
                    break;
            }
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e))
        {
            findings.Problem($"{reader.Name}: {reader.Imap}: {HandOver.Explain(e).TrimEnd('.')}. {MailAdvice.For(e, reader.Imap!)}");
        }
    }
}
