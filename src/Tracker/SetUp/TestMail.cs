using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.SetUp;

/// <summary>A probe that an administrator sends from the page, to see whether an account takes mail.</summary>
public sealed class TestMail(MailServers servers, IServiceProvider services)
{
    /// <summary>Somebody waits for the page; a server that is well answers within a second or two.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <returns>What was found, in plain words; the last line is the answer.</returns>
    public async Task<IReadOnlyList<Finding>> SendAsync(MailAccount account, string from, string to, CancellationToken ct)
    {
        var found = new List<Finding>();
        var findings = new MailFindings(found);
        if (MailProbe.Make(services, MailSending.SenderOf(account, from)!, to) is not { } probe)
        {
            findings.Problem($"'{to}' is no address that a mail could go to.");
            return found;
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            if (await MailSending.TryAsync(servers, account, probe, findings, limit.Token))
            {
                found.Add(Finding.Note("In the mailbox", $"What comes after that cannot be seen from here: look into the mailbox of {to} for “{MailProbe.Subject}”, and into its junk folder."));
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            findings.Problem($"{account.Name}: {account.Smtp}: {HandOver.Explain(e)}. {MailAdvice.For(new System.Net.Sockets.SocketException(), account.Smtp!)}");
        }
        return found;
    }
}
