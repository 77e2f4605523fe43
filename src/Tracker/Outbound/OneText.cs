using Tracker.Storage;

namespace Tracker.Outbound;

/// <summary>How many people got the same text, in one mail or one by one.</summary>
public static class OneText
{
    /// <param name="messages">By the same rep as each of them. A message without a text (a pasted link) has one recipient.</param>
    /// <param name="most">Counting ends here: a text sent to a hundred thousand is asked about at every look.</param>
    public static async Task<IReadOnlyDictionary<long, long>> RecipientsAsync(Session session, IReadOnlyCollection<long> messages, int most) => messages.Count == 0
        ? new Dictionary<long, long>()
        : (await session.ReadAsync($"""
            select one.id, case when one.text_fingerprint = '' then 1 else (select count(*) from (
                select distinct c.prospect_id from messages m join copies c on c.message_id = m.id
                where m.text_fingerprint = one.text_fingerprint and m.rep_id = one.rep_id limit @most) recipients) end
            from messages one where {session.Dialect.In("one.id", "@ids")}
            """, new { ids = messages.ToArray(), most }, r => (Message: r.GetInt64(0), Count: r.GetInt64(1)))).ToDictionary(r => r.Message, r => r.Count);
}
