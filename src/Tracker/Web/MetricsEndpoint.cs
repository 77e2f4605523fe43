using Tracker.Access;
using Tracker.Hits;

namespace Tracker.Web;

public static class MetricsEndpoint
{
    /// <summary>Prometheus text, for an admin key or a caller on this machine that speaks for itself.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics").ExcludeFromDescription()
        .WithMetadata(new NeededScope(Scopes.Admin))
        .RequireAuthorization(policy => policy.RequireAssertion(context =>
            context.User.HasClaim(Caller.ScopeClaim, Scopes.Admin) || (context.Resource is HttpContext http && ClientAddress.IsLocalCaller(http))));
}
