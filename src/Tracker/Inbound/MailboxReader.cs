using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;
using Tracker.Domain.Inbound;
using Tracker.Outbound.Servers;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Inbound;

/// <summary>
/// Reads one mailbox: what is new since last time, then as it comes. Opened read-only, so nothing is marked or moved. Of mail that cannot concern us only
/// the header is looked at. The position moves in the transaction that stores what a mail meant.
/// </summary>
sealed class MailboxReader(MailAccount account, Database database, MailServers servers, AnswerDesk desk, TrackerSettings settings, TimeProvider time)
{
    /// <summary>Headers fetched at once.</summary>
    const int AtOnce = 50;

    /// <summary>Larger mails are looked at by their header alone, in bytes: an answer with its quotation is far smaller.</summary>
    const int MostBytes = 15_000_000;

    /// <summary>Servers may end an idle connection after 30 minutes (RFC 2177), and routers forget them after fewer.</summary>
    static readonly TimeSpan IdleFor = TimeSpan.FromMinutes(9), WithoutIdle = TimeSpan.FromSeconds(30);

    public string Name => account.Name;

    string Key => $"{account.Imap}/{account.User}/{account.Folder}";

    /// <param name="isWell">Called whenever the mailbox was read to its end.</param>
    public async Task RunAsync(Action isWell, CancellationToken ct)
    {
        using var client = new ImapClient();
        await servers.ConnectAsync(client, account, account.Imap!, ct);
        var folder = account.Folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? client.Inbox! : await client.GetFolderAsync(account.Folder, ct);
        await folder.OpenAsync(FolderAccess.ReadOnly, ct);
        var more = new SemaphoreSlim(0, 1);
        folder.CountChanged += (_, _) => Signal(more);
        while (true)
        {
            await CatchUpAsync(folder, ct);
            isWell();
            await WaitAsync(client, more, ct);
        }
    }

    static void Signal(SemaphoreSlim more)
    {
        try
        {
            more.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    static async Task WaitAsync(ImapClient client, SemaphoreSlim more, CancellationToken ct)
    {
        if (more.Wait(0, CancellationToken.None))
        {
            return;
        }
        if (!client.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await more.WaitAsync(WithoutIdle, ct);
            await client.NoOpAsync(ct);
            return;
        }
        using var done = new CancellationTokenSource(IdleFor);
        var idle = client.IdleAsync(done.Token, ct);
        await Task.WhenAny(idle, more.WaitAsync(IdleFor, ct));
        await done.CancelAsync();
        await idle;
    }

    async Task CatchUpAsync(IMailFolder folder, CancellationToken ct)
    {
        var position = await database.ReadAsync(s => Mailboxes.PositionAsync(s, Key), ct);
        if (position is null)
        {
            // From now on: what lies there from before was never watched for.
            var next = folder.UidNext?.Id ?? (await folder.SearchAsync(SearchQuery.All, ct)).Select(u => u.Id).DefaultIfEmpty(0u).Max() + 1;
            await database.WriteAsync(s => Mailboxes.MoveAsync(s, Key, folder.UidValidity, next - 1), ct);
            return;
        }
        var isAnew = position.UidValidity != folder.UidValidity;
        SearchQuery query = isAnew
            ? SearchQuery.DeliveredAfter(time.GetUtcNow().UtcDateTime.AddDays(-settings.Mail.RescanDays))
            : SearchQuery.Uids(new UniqueIdRange(new UniqueId(folder.UidValidity, (uint)position.LastUid + 1), UniqueId.MaxValue));
        // "n:*" names the last mail even when its UID is below n.
        var uids = (await folder.SearchAsync(query, ct)).Where(u => isAnew || u.Id > position.LastUid).OrderBy(u => u.Id).ToList();
        foreach (var some in uids.Chunk(AtOnce))
        {
            await ReadAsync(folder, some, ct);
        }
        if (isAnew && uids.Count == 0)
        {
            await database.WriteAsync(s => Mailboxes.MoveAsync(s, Key, folder.UidValidity, (folder.UidNext?.Id ?? 1) - 1), ct);
        }
    }

    async Task ReadAsync(IMailFolder folder, IReadOnlyList<UniqueId> uids, CancellationToken ct)
    {
        var summaries = await folder.FetchAsync([.. uids], new FetchRequest(MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Size | MessageSummaryItems.Headers), ct);
        foreach (var summary in summaries.OrderBy(s => s.UniqueId.Id))
        {
            var mail = summary.Size <= MostBytes && await ConcernsUsAsync(summary.Headers ?? [], ct) ? await FetchAsync(folder, summary.UniqueId, ct) : null;
            var now = time.GetUtcNow();
            var at = summary.InternalDate is { } arrived && arrived < now ? arrived.ToUniversalTime() : now;
            await database.WriteAsync(async s =>
            {
                if (mail is not null)
                {
                    await desk.TakeAsync(s, mail, at, now);
                }
                await Mailboxes.MoveAsync(s, Key, folder.UidValidity, summary.UniqueId.Id);
            }, ct);
        }
    }

    async Task<bool> ConcernsUsAsync(HeaderList headers, CancellationToken ct)
    {
        var from = InternetAddressList.TryParse(headers[HeaderId.From] ?? "", out var list) && list.Mailboxes.FirstOrDefault() is { } first ? Emails.Key(first.Address) : "";
        var contentType = headers[HeaderId.ContentType] ?? "";
        return headers.Contains(HeaderId.InReplyTo) || headers.Contains(HeaderId.References) || headers.Contains("X-Failed-Recipients")
            || contentType.Contains("report", StringComparison.OrdinalIgnoreCase) || headers[HeaderId.ReturnPath]?.Trim() == "<>" || (headers[HeaderId.AutoSubmitted] is { } auto && !auto.StartsWith("no", StringComparison.OrdinalIgnoreCase))
            || AnswerRules.IsDaemon(from.Split('@')[0]) || await database.ReadAsync(s => Mailboxes.KnowsAsync(s, from), ct);
    }

    static async Task<IncomingMail?> FetchAsync(IMailFolder folder, UniqueId uid, CancellationToken ct)
    {
        try
        {
            using var stream = await folder.GetStreamAsync(uid, "", ct);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, ct);
            return IncomingMail.Read(bytes.ToArray());
        }
        catch (MessageNotFoundException)
        {
            // Moved or deleted between the look at its header and this.
            return null;
        }
    }
}
