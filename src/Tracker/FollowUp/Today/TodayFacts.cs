using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Banks;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Today;

/// <summary>What is told of the prospects on a page, read for all of them at once.</summary>
sealed record TodayFacts(
    IReadOnlyDictionary<long, Person> People, IReadOnlyDictionary<long, DealOfToday> Deals, IReadOnlyDictionary<long, PlanRow> Plans, ILookup<long, PastTouch> Past,
    IReadOnlyDictionary<long, CallTime> CallTimes, ILookup<long, string> Interests, ILookup<long, string> OpenItems, IReadOnlyDictionary<long, string> Referrers,
    IReadOnlyDictionary<long, long> Mails, IReadOnlyList<BankText> Openings, RepTime Rep, IReadOnlySet<(long, string, string)> UsedReasons, IReadOnlySet<long> Agreed, IReadOnlySet<long> AgreedNow)
{
    public static async Task<TodayFacts> LoadAsync(Session session, IReadOnlyCollection<long> ids, long? repId, DateTimeOffset now)
    {
        var rep = repId is { } one ? await RepTimes.LoadAsync(session, one) : RepTime.Usual(TimeZoneInfo.Utc);
        var people = await Person.AllAsync(session, ids);
        return new(
            people, await DealsAsync(session, ids, repId), (await PlanRow.AllAsync(session, ids, repId)).GroupBy(p => p.ProspectId).ToDictionary(g => g.Key, g => g.First()),
            await PastTouches.LoadAsync(session, ids), await CallTimeBook.LoadAsync(session, [.. people.Values], rep.Zone), await FollowUp.Interests.LoadAsync(session, ids, repId),
            await ItemsAsync(session, ids), await ReferrersAsync(session, ids), await MailsAsync(session, ids, repId), await BankBook.TextsAsync(session, ShippedBanks.Openings), rep,
            await UsedAsync(session, ids, now), await AgreedAsync(session, ids), await AgreedHours.LoadAsync(session, ids, now));
    }

    sealed record TextRow
    {
        public long ProspectId { get; init; }
        public string Text { get; init; } = "";
        public string Kind { get; init; } = "";
        public long Number { get; init; }
    }

    static async Task<IReadOnlyDictionary<long, DealOfToday>> DealsAsync(Session session, IReadOnlyCollection<long> ids, long? repId) => ids.Count == 0
        ? new Dictionary<long, DealOfToday>()
        : (await session.QueryAsync<DealOfToday>($"""
            select d.id, d.prospect_id, d.title, d.stage as stage_name, d.value_cents, d.stage_since_ms, d.review_at_ms, d.review_skipped, d.closed_at_ms,
                   (select coalesce(cast(sum(minutes) as bigint), 0) from touches t where t.deal_id = d.id) as minutes, (select count(*) from touches t where t.deal_id = d.id) as touches
            from deals d where {session.Dialect.In("d.prospect_id", "@ids")} and (@repId is null or d.rep_id = @repId)
            """, new { ids = ids.ToArray(), repId })).GroupBy(d => d.ProspectId).ToDictionary(g => g.Key, g => g.OrderBy(d => d.ClosedAtMs is null ? 0 : 1).ThenByDescending(d => d.Id).First());

    static async Task<ILookup<long, string>> ItemsAsync(Session session, IReadOnlyCollection<long> ids) => ids.Count == 0
        ? Array.Empty<TextRow>().ToLookup(r => r.ProspectId, r => r.Text)
        : (await session.QueryAsync<TextRow>($"select prospect_id, name as text from promised_items where received_at_ms is null and {session.Dialect.In("prospect_id", "@ids")} order by id", new { ids = ids.ToArray() }))
            .ToLookup(r => r.ProspectId, r => r.Text);

    static async Task<IReadOnlyDictionary<long, string>> ReferrersAsync(Session session, IReadOnlyCollection<long> ids) => ids.Count == 0
        ? new Dictionary<long, string>()
        : (await session.QueryAsync<TextRow>($"select prospect_id, referrer as text from referrals where contacted_at_ms is null and {session.Dialect.In("prospect_id", "@ids")} order by id desc", new { ids = ids.ToArray() }))
            .GroupBy(r => r.ProspectId).ToDictionary(g => g.Key, g => g.First().Text);

    static async Task<IReadOnlyDictionary<long, long>> MailsAsync(Session session, IReadOnlyCollection<long> ids, long? repId) => ids.Count == 0
        ? new Dictionary<long, long>()
        : (await session.QueryAsync<TextRow>($"""
            select c.prospect_id, count(*) as number from copies c join messages m on m.id = c.message_id
            where {session.Dialect.In("c.prospect_id", "@ids")} and m.kind = 'mail' and (@repId is null or m.rep_id = @repId) group by c.prospect_id
            """, new { ids = ids.ToArray(), repId })).ToDictionary(r => r.ProspectId, r => r.Number);

    /// <summary>With whom a next step was agreed; what an outcome filled in is nobody's agreement.</summary>
    static async Task<IReadOnlySet<long>> AgreedAsync(Session session, IReadOnlyCollection<long> ids) => ids.Count == 0
        ? new HashSet<long>()
        : (await session.QueryAsync<TextRow>($"""
            select prospect_id, reason as text from obligations where {session.Dialect.In("prospect_id", "@ids")} and source = 'step' and settled_at_ms is null
            """, new { ids = ids.ToArray() })).Where(r => OpeningLines.OccasionOf(r.Text) is not null && !r.Text.StartsWith(Revival.Reason, StringComparison.Ordinal)).Select(r => r.ProspectId).ToHashSet();

    static async Task<IReadOnlySet<(long, string, string)>> UsedAsync(Session session, IReadOnlyCollection<long> ids, DateTimeOffset now) => ids.Count == 0
        ? new HashSet<(long, string, string)>()
        : (await session.QueryAsync<TextRow>($"""
            select prospect_id, kind, reason as text from touches where {session.Dialect.In("prospect_id", "@ids")} and reason is not null and theirs = 0 and at_ms > @since
            """, new { ids = ids.ToArray(), since = (now - Guard.SameReason).Ms() })).Select(r => (r.ProspectId, r.Kind, r.Text)).ToHashSet();
}

sealed record DealOfToday
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public string? Title { get; init; }
    public string StageName { get; init; } = "";
    public long ValueCents { get; init; }
    public long StageSinceMs { get; init; }
    public long? ReviewAtMs { get; init; }
    public long ReviewSkipped { get; init; }
    public long? ClosedAtMs { get; init; }
    public long Minutes { get; init; }
    public long Touches { get; init; }

    public Stage Stage => Names.Parse<Stage>("stage", StageName);

    public TodayDeal ToView() => new(Ids.Text(Id), Title, StageName, Stages.Of(Stage).Label, ValueCents / 100m, Minutes, Touches, ReviewSkipped != 0);
}
