using System.Text.Json.Nodes;
using Tracker.Domain.Scoring;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

/// <summary>What is known of a person; null leaves what is there.</summary>
public sealed record ProspectFacts(
    string Email, string? Name = null, string? Phone = null, string? Company = null, string? TimeZone = null, string? ExternalId = null, JsonObject? Metadata = null);

/// <summary>Finds or makes prospects and their companies.</summary>
public static class ProspectBook
{
    /// <summary>Creates or updates by address, and ties the prospect to the rep.</summary>
    /// <param name="facts">The address normalized.</param>
    /// <param name="repId">Who writes to them; the first one owns the prospect. Null: nobody yet.</param>
    /// <param name="onlyMissing">Name and phone come from a mail and only fill what nobody has told yet.</param>
    public static async Task<long> PutAsync(Session session, ProspectFacts facts, long? repId, DateTimeOffset now, bool onlyMissing = false)
    {
        var id = await session.ScalarAsync<long>("""
            insert into prospects (email, rep_id, company_id, name, phone, company, time_zone, external_id, metadata, created_at_ms, updated_at_ms, heat_key)
            values (@email, @repId, @companyId, @name, @phone, @company, @timeZone, @externalId, coalesce(@metadata, '{}'), @now, @now, @cold)
            on conflict (email) do update set
                rep_id = coalesce(prospects.rep_id, excluded.rep_id),
                name = case when @onlyMissing = 1 then coalesce(prospects.name, @name) else coalesce(@name, prospects.name) end,
                phone = case when @onlyMissing = 1 then coalesce(prospects.phone, @phone) else coalesce(@phone, prospects.phone) end,
                company = coalesce(@company, prospects.company), time_zone = coalesce(@timeZone, prospects.time_zone),
                external_id = coalesce(@externalId, prospects.external_id), metadata = coalesce(@metadata, prospects.metadata), updated_at_ms = @now
            returning id
            """, new
        {
            email = facts.Email, repId, companyId = await CompanyAsync(session, facts.Email, facts.Company), name = facts.Name, phone = facts.Phone, company = facts.Company,
            timeZone = facts.TimeZone, externalId = facts.ExternalId, metadata = facts.Metadata?.ToJsonString(ApiJson.Options), now = now.Ms(), cold = HeatScale.Cold, onlyMissing = onlyMissing ? 1L : 0L,
        });
        if (repId is { } rep)
        {
            await ShowToAsync(session, id, rep);
        }
        return id;
    }

    /// <summary>From now on the rep sees the prospect.</summary>
    public static Task ShowToAsync(Session session, long id, long repId) => session.ExecuteAsync("""
        insert into prospect_reps (prospect_id, rep_id, heat_key) select id, @repId, heat_key from prospects where id = @id
        on conflict (prospect_id, rep_id) do nothing
        """, new { id, repId });

    /// <summary>Raises no more prompts for them, or again.</summary>
    /// <returns>Null when there is none, or the rep does not see them.</returns>
    public static async Task<ProspectView?> MuteAsync(Session session, long? id, bool muted, long? repId, HeatScale scale, DateTimeOffset now)
    {
        if (await ProspectReader.FindAsync(session, id, repId, scale, now) is null)
        {
            return null;
        }
        await session.ExecuteAsync("update prospects set muted_at_ms = @at where id = @id", new { id, at = muted ? now.Ms() : (long?)null });
        return await ProspectReader.FindAsync(session, id, repId, scale, now);
    }

    /// <summary>True when the prospect has a rep and this one neither owns them nor ever wrote to them.</summary>
    public static async Task<bool> IsSomebodyElsesAsync(Session session, string email, long repId) => await session.ScalarAsync<long>("""
        select count(*) from prospects p where p.email = @email and p.rep_id is not null
        and not exists (select 1 from prospect_reps pr where pr.prospect_id = p.id and pr.rep_id = @repId)
        """, new { email, repId }) > 0;

    /// <param name="name">As the rep calls it; null leaves the name it has, at first its domain.</param>
    static async Task<long?> CompanyAsync(Session session, string email, string? name)
    {
        var domain = email[(email.IndexOf('@', StringComparison.Ordinal) + 1)..];
        return FreeMailDomains.Contains(domain) ? null : await session.ScalarAsync<long>(
            "insert into companies (domain, name, heat_key) values (@domain, coalesce(@name, @domain), @cold) on conflict (domain) do update set name = coalesce(@name, companies.name) returning id",
            new { domain, name, cold = HeatScale.Cold });
    }
}
