using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.People;

/// <summary>A prospect as follow-up needs them: who they are, where they stand, and whose they are.</summary>
public sealed record Person
{
    public long Id { get; init; }
    public string Email { get; init; } = "";
    public string? Name { get; init; }
    public string? Phone { get; init; }
    public string? Company { get; init; }
    public long? CompanyId { get; init; }
    public string? TimeZone { get; init; }
    public long? RepId { get; init; }
    public long HeatKey { get; init; }
    public long? LastEngagedAtMs { get; init; }
    public long Sittings { get; init; }
    public string State { get; init; } = FollowUpState.Live;
    public long? UntilMs { get; init; }
    public string? StateReason { get; init; }
    public long? AnsweredAtMs { get; init; }
    public long? RepliedAtMs { get; init; }
    public long? AwayUntilMs { get; init; }
    public long MailFails { get; init; }
    public string? CallDays { get; init; }
    public long? CallFromMin { get; init; }
    public long? CallToMin { get; init; }
    public string? CallNote { get; init; }
    public string? Objection { get; init; }
    public string? FactFind { get; init; }
    public long? LastTouchAtMs { get; init; }

    const string Select = """
        select p.id, p.email, p.name, p.phone, coalesce(p.company, co.name) as company, p.company_id, p.time_zone, p.rep_id, p.heat_key, p.last_engaged_at_ms, p.sittings,
               coalesce(f.state, 'live') as state, f.until_ms, f.reason as state_reason, f.answered_at_ms, f.replied_at_ms, f.away_until_ms, coalesce(f.mail_fails, 0) as mail_fails,
               f.call_days, f.call_from_min, f.call_to_min, f.call_note, f.objection, f.fact_find, f.last_touch_at_ms
        from prospects p left join companies co on co.id = p.company_id left join follow_ups f on f.prospect_id = p.id
        where
        """;

    /// <param name="repId">Only when this rep writes to them or owns them; null: whoever asks.</param>
    public static Task<Person?> FindAsync(Session session, long? id, long? repId) => session.FirstAsync<Person>(
        Select + " p.id = @id and (@repId is null or exists (select 1 from prospect_reps pr where pr.prospect_id = p.id and pr.rep_id = @repId))", new { id, repId });

    /// <exception cref="ProblemException">There is none, or none that the caller may see.</exception>
    public static async Task<Person> NeededAsync(Session session, string id, Caller caller) =>
        await FindAsync(session, Ids.Parse(id), caller.RepId) ?? throw new ProblemException(Problems.NoSuch("prospect", id));

    public static async Task<IReadOnlyDictionary<long, Person>> AllAsync(Session session, IReadOnlyCollection<long> ids) => ids.Count == 0
        ? new Dictionary<long, Person>()
        : (await session.QueryAsync<Person>($"{Select} {session.Dialect.In("p.id", "@ids")}", new { ids = ids.ToArray() })).ToDictionary(p => p.Id);

    /// <summary>For whom the caller acts: the key's rep, the named one, else the prospect's own.</summary>
    public async Task<long> RepAsync(Session session, Caller caller, string? named) => await RepChoice.OptionalAsync(session, caller, named) is { } rep
        ? rep.Id
        : RepId ?? (await RepChoice.NeededAsync(session, caller, named)).Id;

    public bool IsStopped => State == FollowUpState.Stopped;

    public DateTimeOffset? AwayUntil => Times.Of(AwayUntilMs);

    /// <summary>Null when it is not known; the rep's is no guess at it.</summary>
    public TimeZoneInfo? Zone => TimeZone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    public WorkingHours? AgreedCallTime(TimeZoneInfo zone) => CallFromMin is { } from && CallToMin is { } to
        ? new(zone, CallDays is null ? WorkingHours.WorkingDays : CallDays.Split(' ').Select(d => Names.Parse<DayOfWeek>("days", d)).ToHashSet(), TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(to))
        : null;
}
