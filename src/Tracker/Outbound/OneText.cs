using Tracker.Storage;

namespace Tracker.Outbound;

/// <summary>How many people got the same text, in one mail or one by one.</summary>
public static class OneText
{
    /// <param name="fingerprint">Empty: no text to compare (a pasted link).</param>
    /// <param name="most">Counting ends here: a text sent to a hundred thousand is asked about at every look.</param>
    public static async Task<long> RecipientsAsync(Session session, string fingerprint, long repId, int most) => fingerprint.Length == 0 ? 1 : await session.ScalarAsync<long>("""
        select count(*) from (
            select distinct c.prospect_id from messages m join copies c on c.message_id = m.id where m.text_fingerprint = @fingerprint and m.rep_id = @repId limit @most) recipients
        """, new { fingerprint, repId, most });
}
