using Tracker.Domain.FollowUp;
using Tracker.Storage;

namespace Tracker.FollowUp.Plans;

public static class CycleBook
{
    /// <summary>Older deals were won in another market.</summary>
    const int LatestWon = 500;

    const double DayMs = 86_400_000;

    /// <summary>The team's, from deals that were won; each deal's days from its creation to the day it was won.</summary>
    public static async Task<SalesCycle> LoadAsync(Session session) => SalesCycle.Of([.. (await session.QueryAsync<long>(
        $"select closed_at_ms - created_at_ms from deals where stage = 'won' and closed_at_ms is not null order by closed_at_ms desc limit {LatestWon}")).Select(ms => ms / DayMs)]);
}
