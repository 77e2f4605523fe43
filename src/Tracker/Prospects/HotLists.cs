using System.Text;
using Tracker.Domain.Prompts;
using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

/// <summary>What a hot list is asked for.</summary>
/// <param name="RepId">Whose prospects; null: everybody's.</param>
/// <param name="MinKey">Coldest heat key that is still listed.</param>
/// <param name="SinceMs">Engaged at or after this moment; null: whenever.</param>
/// <param name="Company">Mail domain or company name, exact; null: any.</param>
/// <param name="Stage">Name of the stage they stand in; null: any, with or without a deal.</param>
public sealed record HotQuery(long? RepId, long MinKey, long? SinceMs, string? Company, int Limit, string? Stage = null);

/// <summary>The hottest first: one ordered scan of the heat index, whatever the number of hits.</summary>
public static class HotLists
{
    sealed record ProspectRow
    {
        public long Id { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string? Phone { get; init; }
        public string? Company { get; init; }
        public string? CompanyName { get; init; }
        public long HeatKey { get; init; }
        public long LastEngagedAtMs { get; init; }
        public long SittingStartedAtMs { get; init; }
        public long SittingLooks { get; init; }
        public long SittingClicks { get; init; }
        public long Sittings { get; init; }
        public long Looks { get; init; }
        public long Clicks { get; init; }
        public string? Subject { get; init; }
        public string? Link { get; init; }
        public long? PromptId { get; init; }
    }

    sealed record CompanyRow
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string Domain { get; init; } = "";
        public long HeatKey { get; init; }
        public long LastEngagedAtMs { get; init; }
        public long People { get; init; }
        public string? Hottest { get; init; }
    }

    public static async Task<IReadOnlyList<HotProspect>> ProspectsAsync(Session session, HotQuery query, HeatScale scale, DateTimeOffset now)
    {
        // The keys of the hottest come first, alone, so that the order is one index scan; what is told about them is joined to those few.
        var keys = new StringBuilder(query.RepId is null
            ? "select p.id, p.heat_key from prospects p where p.heat_key >= @MinKey"
            : "select pr.prospect_id as id, pr.heat_key from prospect_reps pr join prospects p on p.id = pr.prospect_id where pr.rep_id = @RepId and pr.heat_key >= @MinKey");
        keys.Append(query.SinceMs is null ? "" : " and p.last_engaged_at_ms >= @SinceMs")
            .Append(query.Company is null ? "" : " and (p.company = @Company or p.company_id in (select id from companies where domain = @Company or name = @Company))")
            .Append(query.Stage is null ? "" : $" and {ProspectStages.Current} = @Stage")
            .Append(query.RepId is null ? " order by p.heat_key desc limit @Limit" : " order by pr.heat_key desc limit @Limit");
        var rows = await session.QueryAsync<ProspectRow>($"""
            select p.id, p.email, p.name, p.phone, p.company, co.name as company_name, hot.heat_key, p.last_engaged_at_ms, p.sitting_started_at_ms, p.sitting_looks,
                   p.sitting_clicks, p.sittings, p.looks, p.clicks, m.subject, coalesce(l.label, l.url) as link, pt.id as prompt_id
            from ({keys}) hot join prospects p on p.id = hot.id
            left join companies co on co.id = p.company_id
            left join copies c on c.id = p.last_copy_id
            left join messages m on m.id = c.message_id {(query.RepId is null ? "" : "and m.rep_id = @RepId")}
            left join links l on l.message_id = m.id and l.link = p.last_link
            left join prompts pt on pt.prospect_id = p.id and pt.state in ('open', 'snoozed') {(query.RepId is null ? "" : "and pt.rep_id = @RepId")}
            order by hot.heat_key desc
            """, query);
        return [.. rows.Select(r => new HotProspect(
            Ids.Text(r.Id), r.Email, r.Name, r.Phone, r.Company ?? r.CompanyName, scale.HeatAt(r.HeatKey, now), Times.Of(r.LastEngagedAtMs),
            PromptWording.HotReasons(
                new(Times.Of(r.SittingStartedAtMs), Times.Of(r.LastEngagedAtMs), (int)r.SittingLooks, (int)r.SittingClicks, (int)r.Sittings),
                r.Looks, r.Clicks, new(r.Subject, r.Link), now),
            r.PromptId is { } prompt ? Ids.Text(prompt) : null))];
    }

    public static async Task<IReadOnlyList<HotCompany>> CompaniesAsync(Session session, HotQuery query, HeatScale scale, DateTimeOffset now)
    {
        // A rep sees companies they write to, with the company's whole heat: who else there is reading is what makes it worth a call.
        var rows = await session.QueryAsync<CompanyRow>($"""
            select co.id, co.name, co.domain, co.heat_key, co.last_engaged_at_ms,
                   (select count(*) from prospects p where p.company_id = co.id and p.heat_key > @Cold) as people,
                   (select p.email from prospects p {(query.RepId is null ? "" : "join prospect_reps pr on pr.prospect_id = p.id and pr.rep_id = @RepId")}
                    where p.company_id = co.id and p.heat_key > @Cold order by p.heat_key desc limit 1) as hottest
            from companies co
            where co.heat_key >= @MinKey {(query.SinceMs is null ? "" : "and co.last_engaged_at_ms >= @SinceMs")}
            {(query.RepId is null ? "" : "and exists (select 1 from prospects p join prospect_reps pr on pr.prospect_id = p.id where p.company_id = co.id and pr.rep_id = @RepId)")}
            order by co.heat_key desc limit @Limit
            """, new { query.RepId, query.MinKey, query.SinceMs, query.Limit, HeatScale.Cold });
        return [.. rows.Select(r => new HotCompany(
            Ids.Text(r.Id), r.Name, r.Domain, scale.HeatAt(r.HeatKey, now), Times.Of(r.LastEngagedAtMs), r.People,
            [$"{r.People} {(r.People == 1 ? "person" : "people")} reading" + (r.Hottest is null ? "" : $", {r.Hottest} most of all")]))];
    }
}
