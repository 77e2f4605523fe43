using Tracker.Domain.FollowUp;
using Tracker.FollowUp.People;
using Tracker.Storage;

namespace Tracker.FollowUp.Hours;

/// <summary>The best time to call somebody.</summary>
public static class CallTimeBook
{
    /// <summary>The team's rate comes from its latest calls: habits change, and the list of all is long.</summary>
    const int TeamCalls = 500;

    sealed record HourRow
    {
        public long ProspectId { get; init; }
        public long Hour { get; init; }
        public long Tried { get; init; }
        public long Answered { get; init; }
    }

    /// <param name="fallback">Zone of those whose own is not known.</param>
    public static async Task<IReadOnlyDictionary<long, CallTime>> LoadAsync(Session session, IReadOnlyCollection<Person> people, TimeZoneInfo fallback)
    {
        if (people.Count == 0)
        {
            return new Dictionary<long, CallTime>();
        }
        var calls = (await session.QueryAsync<HourRow>($"""
            select prospect_id, hour, count(*) as tried, cast(sum(answered) as bigint) as answered from touches
            where {session.Dialect.In("prospect_id", "@ids")} and kind in ('call', 'voicemail') and theirs = 0 group by prospect_id, hour
            """, new { ids = people.Select(p => p.Id).ToArray() })).ToLookup(r => r.ProspectId, r => new HourCalls((int)r.Hour, (int)r.Tried, (int)r.Answered));
        // Walking the team's latest calls costs more than all else here, and most people have had too few calls for it to matter.
        var rate = people.Any(p => p.CallFromMin is null && CallTimes.CanLearn([.. calls[p.Id]])) ? await TeamRateAsync(session) : 0;
        return people.ToDictionary(p => p.Id, p =>
        {
            var zone = p.Zone ?? fallback;
            return CallTimes.Best(zone, p.AgreedCallTime(zone), [.. calls[p.Id]], rate);
        });
    }

    public static async Task<CallTime> OfAsync(Session session, Person person, RepTime rep) => (await LoadAsync(session, [person], rep.Zone))[person.Id];

    static async Task<double> TeamRateAsync(Session session) => await session.ScalarAsync<double?>($"""
        select avg(cast(answered as double precision)) from (select answered from touches where kind in ('call', 'voicemail') and theirs = 0 order by id desc limit {TeamCalls}) latest
        """) ?? 0;
}
