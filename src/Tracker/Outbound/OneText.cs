using Tracker.Storage;

namespace Tracker.Outbound;

/// <summary>How many people got the same text, in one mail or one by one.</summary>
public static class OneText
{
    /// <param name="fingerprint">Empty: no text to compare (a pasted link).</param>
    public static async Task<long> RecipientsAsync(Session session, string fingerprint, long repId) => fingerprint.Length == 0 ? 1 : await session.ScalarAsync<long>("""
        select count(distinct c.prospect_id) from messages m join copies c on c.message_id = m.id where m.text_fingerprint = @fingerprint and m.rep_id = @repId
        """, new { fingerprint, repId });
}
