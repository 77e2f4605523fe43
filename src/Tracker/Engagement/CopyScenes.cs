using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>What bears on judging some copies besides their hits.</summary>
public sealed class CopyScenes
{
    sealed record HoneypotRow
    {
        public long MessageId { get; init; }
        public long Link { get; init; }
    }

    readonly CompanyScans _scans;
    readonly ILookup<long, int> _honeypots;

    CopyScenes(LinkNames links, CompanyScans scans, ILookup<long, int> honeypots) => (Links, _scans, _honeypots) = (links, scans, honeypots);

    public LinkNames Links { get; }

    /// <param name="followed">Messages whose links are needed; null: all of them.</param>
    public static async Task<CopyScenes> LoadAsync(Session session, IReadOnlyCollection<CopyRow> copies, long[]? followed = null)
    {
        var messages = followed ?? [.. copies.Select(c => c.MessageId).Distinct()];
        var honeypots = messages.Length == 0 ? [] : await session.QueryAsync<HoneypotRow>(
            $"select message_id, link from links where honeypot = 1 and {session.Dialect.In("message_id", "@messages")}", new { messages });
        return new(await LinkNames.LoadAsync(session, messages), await CompanyScans.LoadAsync(session, copies), honeypots.ToLookup(h => h.MessageId, h => (int)h.Link));
    }

    public async Task<CopyTraffic> TrafficAsync(Session session, CopyRow copy, IReadOnlyList<Hit> hits) => new()
    {
        SentAt = Times.Of(copy.SentAtMs),
        MadeAt = Times.Of(copy.CreatedAtMs),
        FirstHitAt = Times.Of(copy.FirstHitAtMs),
        LinkCount = (int)copy.LinksTracked,
        Honeypots = _honeypots[copy.MessageId].ToHashSet(),
        CompanyHabit = await _scans.HabitAsync(session, copy),
        Hits = hits,
    };
}
