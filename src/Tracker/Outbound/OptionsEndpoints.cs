using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>What a rep wishes for their mail.</summary>
/// <param name="Options">The rep's own wishes; null where the settings decide.</param>
/// <param name="InForce">What mail from the rep's own address gets when the message wishes nothing.</param>
public sealed record RepOptionsView(string Rep, OutboundOptions Options, OutboundOptions InForce);

public static class OptionsEndpoints
{
    public static void MapOutboundOptions(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/outbound-options").WithTags("Messages");
        group.MapGet("", GetAsync).RequireScope(Scopes.Read).WithName("getOutboundOptions")
            .WithSummary("What a rep wishes for their mail, and what is in force")
            .Produces<RepOptionsView>().ProducesProblems(Problems.Forbidden, Problems.UnknownRep, Problems.RepNeeded);
        group.MapPut("", PutAsync).RequireScope(Scopes.Send).WithName("putOutboundOptions")
            .WithSummary("Replaces a rep's wishes")
            .WithDescription("""
                What is left out or null goes back to the settings. A message can still wish otherwise, by `?track=` and so on or by its `X-Track` header.
                Changing `trackingUrl` needs the scope `admin`, because every link of the rep's mail leads there.
                """)
            .Produces<RepOptionsView>().ProducesProblems(Problems.Forbidden, Problems.InvalidJson, Problems.InvalidParameter, Problems.UnknownRep, Problems.RepNeeded);
    }

    static async Task<IResult> GetAsync(HttpContext http, Caller caller, Database database, PublicAddress address, string? rep) => TypedResults.Ok(await database.ReadAsync(
        async s => await ViewAsync(s, await RepChoice.NeededAsync(s, caller, rep), address), http.RequestAborted));

    static async Task<IResult> PutAsync(
        HttpContext http, Caller caller, Database database, PublicAddress address, TrackerSettings settings, TimeProvider time, OutboundOptions body, string? rep)
    {
        var options = body.Checked();
        options.CheckConsent(settings);
        return TypedResults.Ok(await database.WriteAsync(async s =>
        {
            var owner = await RepChoice.NeededAsync(s, caller, rep);
            var was = await RepOptions.OfAsync(s, owner.Id);
            if ((options.TrackingUrl ?? "") != (was.TrackingUrl ?? "") && !caller.Scopes.Contains(Scopes.Admin))
            {
                throw new ProblemException(Problems.Forbidden.With($"Changing 'trackingUrl' needs a key with the scope 'admin'; '{caller.Name}' has {string.Join(", ", caller.Scopes)}."));
            }
            await RepOptions.PutAsync(s, owner.Id, options, time.GetUtcNow());
            return await ViewAsync(s, owner, address);
        }, http.RequestAborted));
    }

    static async Task<RepOptionsView> ViewAsync(Session session, Rep rep, PublicAddress address)
    {
        var options = await RepOptions.OfAsync(session, rep.Id);
        return new(rep.Email, options, OutboundOptions.Of(address.Decide(new(), options, rep.Email)));
    }
}
