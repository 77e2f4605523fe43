using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prospects;

public static class ProspectEndpoints
{
    public static void MapProspects(this IEndpointRouteBuilder api)
    {
        api.MapHot();
        var group = api.MapGroup("/prospects").WithTags("Prospects");
        group.MapPut("", PutAsync).RequireScope(Scopes.Send).WithName("putProspect").WithSummary("Creates or updates a prospect by address")
            .WithDescription("What is left out stays as it is. `timeZone` is an IANA name such as Europe/Berlin.")
            .Produces<ProspectView>().ProducesProblems(Problems.Forbidden, Problems.InvalidJson, Problems.InvalidParameter, Problems.UnknownRep);
        group.MapGet("", ByEmailAsync).RequireScope(Scopes.Read).WithName("findProspects").WithSummary("Prospects, newest first, or the one with an address")
            .Produces<Page<ProspectView>>().ProducesProblems(Problems.InvalidParameter);
        group.MapGet("/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getProspect").WithSummary("One prospect, with what is owed to them")
            .Produces<ProspectView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/{id}/mute", (string id, HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time) =>
                MuteAsync(id, true, http, caller, database, settings, time))
            .RequireScope(Scopes.Send).WithName("muteProspect").WithSummary("Raises no more prompts for this prospect; hits and heat go on")
            .Produces<ProspectView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/{id}/unmute", (string id, HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time) =>
                MuteAsync(id, false, http, caller, database, settings, time))
            .RequireScope(Scopes.Send).WithName("unmuteProspect").WithSummary("Raises prompts for this prospect again")
            .Produces<ProspectView>().ProducesProblems(Problems.NotFound);
    }

    static async Task<IResult> PutAsync(
        HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, PutProspect body, string? rep)
    {
        if (Emails.Parse(body.Email) is not { } email)
        {
            return Problems.Parameter("email", body.Email, "one bare address such as anna@example.com");
        }
        foreach (var (name, text) in new[] { ("name", body.Name), ("phone", body.Phone), ("company", body.Company), ("externalId", body.ExternalId) })
        {
            Texts.Line(name, text);
        }
        if (body.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return Problems.Parameter("timeZone", zone, "an IANA time zone such as Europe/Berlin");
        }
        var facts = new ProspectFacts(email, body.Name, body.Phone, body.Company, body.TimeZone, body.ExternalId, body.Metadata is null ? null : MetadataFilter.Check(body.Metadata));
        var now = time.GetUtcNow();
        var view = await database.WriteAsync(async s =>
        {
            var owner = await RepChoice.OptionalAsync(s, caller, rep);
            if (owner is null && caller.IsRep && !await ProspectBook.IsSomebodyElsesAsync(s, email, caller.SignedInRep))
            {
                owner = await RepChoice.NeededAsync(s, caller, null); // A manager's own; a colleague's stays the colleague's.
            }
            if (caller.RepId is { } bound && await ProspectBook.IsSomebodyElsesAsync(s, email, bound))
            {
                // Or any key could read, and change, what belongs to a colleague by naming an address.
                throw new ProblemException(Problems.Forbidden.With($"{email} is a colleague's prospect. Who writes to them sees them; an unbound key may change them."));
            }
            var id = await ProspectBook.PutAsync(s, facts, owner?.Id, now);
            return await ProspectReader.FindAsync(s, id, caller.RepId, settings.HeatScale, now);
        }, http.RequestAborted);
        return TypedResults.Ok(view);
    }

    static async Task<IResult> ByEmailAsync(
        HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, string? email, int? limit, string? after)
    {
        var (most, cursor, now) = (Paging.Limit(limit), Cursor.Parse(after), time.GetUtcNow());
        return TypedResults.Ok(await database.ReadAsync(
            s => ProspectReader.ListAsync(s, caller.RepId, email is null ? null : Emails.Key(email), most, cursor, settings.HeatScale, now), http.RequestAborted));
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time)
    {
        var view = await database.ReadAsync(s => ProspectReader.FindAsync(s, Ids.Parse(id), caller.RepId, settings.HeatScale, time.GetUtcNow()), http.RequestAborted);
        return view is null ? Problems.NoSuch("prospect", id) : TypedResults.Ok(view);
    }

    static async Task<IResult> MuteAsync(
        string id, bool muted, HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time)
    {
        var view = await database.WriteAsync(s => ProspectBook.MuteAsync(s, Ids.Parse(id), muted, caller.RepId, settings.HeatScale, time.GetUtcNow()), http.RequestAborted);
        return view is null ? Problems.NoSuch("prospect", id) : TypedResults.Ok(view);
    }
}
