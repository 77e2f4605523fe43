using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;
using Tracker.Domain.Inbound;
using Tracker.Inbound;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.Commands.Doctor;

/// <summary>What became of the probe: one of the two.</summary>
/// <param name="Returned">What the report of its failure says.</param>
sealed record ProbeEnd(MimeMessage? Arrived, string? Returned);

/// <summary>Waits for the probe in a mailbox, or for the report that it could not be delivered.</summary>
sealed class ProbeMailbox(TimeSpan longest, TimeProvider time)
{
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public TimeSpan Longest => longest;

    /// <returns>Null when neither came in time.</returns>
    public async Task<ProbeEnd?> LookAsync(MailServers servers, MailAccount account, string messageId, CancellationToken ct)
    {
        using var client = new ImapClient();
        await servers.ConnectAsync(client, account, account.Imap!, ct);
        var folder = account.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(account.Folder, ct);
        await folder.OpenAsync(FolderAccess.ReadOnly, ct);
        // By the day, as IMAP counts: a search through all there is can take long. A day more, for zones.
        var lately = SearchQuery.DeliveredAfter(time.GetUtcNow().UtcDateTime.AddDays(-1));
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < longest; await Task.Delay(LookAgain, time, ct))
        {
            await client.NoOpAsync(ct);
            if ((await folder.SearchAsync(lately.And(SearchQuery.HeaderContains("Message-ID", messageId)), ct)).FirstOrDefault() is { Id: > 0 } found)
            {
                return new(await folder.GetMessageAsync(found, ct), null);
            }
            // In the text and not in the body: the body of a report has the id in the header of the mail that came back, and servers leave out all headers there.
            foreach (var naming in await folder.SearchAsync(lately.And(SearchQuery.MessageContains(messageId)), ct))
            {
                if (await ReportAsync(folder, naming, ct) is { } reason)
                {
                    return new(null, reason);
                }
            }
        }
        return null;
    }

    static async Task<string?> ReportAsync(IMailFolder folder, UniqueId uid, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await using (var stream = await folder.GetStreamAsync(uid, "", ct))
        {
            await stream.CopyToAsync(bytes, ct);
        }
        return IncomingMail.Read(bytes.ToArray()) is { Bounces.Recipients: [var first, ..] } mail && AnswerRules.Kind(mail.Facts) == AnswerKind.Bounce ? first.Text : null;
    }
}
