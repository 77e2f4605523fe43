using Tracker.Storage;

namespace Tracker.Inbound;

/// <summary>How far a mailbox was read: UIDs grow as long as the UIDVALIDITY stays (RFC 9051, 2.3.1.1).</summary>
public sealed record MailboxPosition
{
    public long UidValidity { get; init; }
    public long LastUid { get; init; }
}

static class Mailboxes
{
    public static Task<MailboxPosition?> PositionAsync(Session session, string name) =>
        session.FirstAsync<MailboxPosition>("select uid_validity, last_uid from answer_mailboxes where name = @name", new { name });

    public static Task MoveAsync(Session session, string name, long uidValidity, long lastUid) => session.ExecuteAsync("""
        insert into answer_mailboxes (name, uid_validity, last_uid) values (@name, @uidValidity, @lastUid)
        on conflict (name) do update set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid
        """, new { name, uidValidity, lastUid });

    /// <summary>Whether a mail from there can concern us, so that nobody else's is fetched.</summary>
    public static async Task<bool> KnowsAsync(Session session, string from) => await session.ScalarAsync<long>("""
        select count(*) from prospects where email = @from or company_id in (select id from companies where domain = @domain)
        """, new { from, domain = from[(from.LastIndexOf('@') + 1)..] }) > 0;
}
