using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>Cuts User-Agents and headers that are kept no longer to client family and device class. Verdicts that rest on them are frozen by that.</summary>
public static class ClientReduction
{
    sealed record Row
    {
        public long Id { get; init; }
        public string UserAgent { get; init; } = "";
    }

    /// <returns>How many were cut.</returns>
    public static async Task<int> RunAsync(Session session, DateTimeOffset before, DateTimeOffset now, int most)
    {
        var rows = await session.QueryAsync<Row>(
            "select id, user_agent from clients where reduced_at_ms is null and last_seen_at_ms < @before limit @most", new { before = before.Ms(), most });
        foreach (var row in rows)
        {
            // The fingerprint goes too: it would recognise the full text. The same client seen again gets a new row.
            await session.ExecuteAsync(
                "update clients set user_agent = @family, headers = '{}', fingerprint = @fingerprint, reduced_at_ms = @now where id = @id",
                new { id = row.Id, family = ClientFamily.Of(row.UserAgent), fingerprint = "reduced " + Ids.Text(row.Id), now = now.Ms() });
        }
        return rows.Count;
    }
}
