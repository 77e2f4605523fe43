using Tracker.Storage;

namespace Tracker.FollowUp;

/// <summary>Somebody who was parked looks again.</summary>
public static class Revival
{
    /// <summary>Begins the reason of the call that is owed then.</summary>
    public const string Reason = "a revival";

    /// <summary>Takes those of them who were parked off the shelf, and owes them a call.</summary>
    /// <returns>What to tell, by prospect; nothing of those who were not parked.</returns>
    public static async Task<IReadOnlyDictionary<long, string>> NoteAsync(Session session, IReadOnlyCollection<(long Prospect, long Rep)> looking, DateTimeOffset now)
    {
        var told = new Dictionary<long, string>();
        var people = await ParkedAsync(session, [.. looking.Select(l => l.Prospect)]);
        foreach (var (prospect, rep) in looking.Where(l => people.ContainsKey(l.Prospect)))
        {
            await FollowUpState.SetAsync(session, prospect, FollowUpState.Live, null, "revived: they are looking again", now);
            await Obligations.AddOnceAsync(session, new(prospect, rep, null, "call", $"{Reason}: they were parked and are looking again", now), now);
            await Deals.DealBook.OweAnewAsync(session, prospect, now);
            told[prospect] = $"{Reason}: parked{(people[prospect] is { } why ? $" ({why})" : "")}, and looking again";
        }
        return told;
    }

    static async Task<Dictionary<long, string?>> ParkedAsync(Session session, long[] ids) => ids.Length == 0 ? [] : (await session.ReadAsync(
        $"select prospect_id, reason from follow_ups where state = @parked and {session.Dialect.In("prospect_id", "@ids")}", new { ids, parked = FollowUpState.Parked },
        r => (Id: r.GetInt64(0), Reason: r.Text(1)))).ToDictionary(p => p.Id, p => p.Reason);
}
