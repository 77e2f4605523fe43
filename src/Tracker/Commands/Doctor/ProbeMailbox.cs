using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.Commands.Doctor;

/// <summary>Waits for one mail in a mailbox.</summary>
static class ProbeMailbox
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <returns>Null when it did not come in time.</returns>
    public static async Task<MimeMessage?> FindAsync(MailServers servers, MailAccount account, string messageId, TimeProvider time, CancellationToken ct)
    {
        using var client = new ImapClient();
        await servers.ConnectAsync(client, account, account.Imap!, ct);
        var folder = account.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(account.Folder, ct);
        await folder.OpenAsync(FolderAccess.ReadOnly, ct);
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Longest; await Task.Delay(LookAgain, time, ct))
        {
            await client.NoOpAsync(ct);
            if ((await folder.SearchAsync(SearchQuery.HeaderContains("Message-ID", messageId), ct)).FirstOrDefault() is { Id: > 0 } found)
            {
                return await folder.GetMessageAsync(found, ct);
            }
        }
        return null;
    }
}
