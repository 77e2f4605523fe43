using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <param name="Method">One of its methods.</param>
/// <param name="Pattern">As it is mapped, such as /api/v1/messages/{id}.</param>
public sealed record ApiRoute(string Method, string Pattern)
{
    public string Name => $"{Method} {Pattern}";

    /// <summary>What stands in an address beside ids, where any will do.</summary>
    static readonly Dictionary<string, string> Words = new() { ["{bank}"] = "reasons", ["{stage}"] = "met", ["{what}"] = "deals" };

    /// <summary>The address with ids filled in.</summary>
    public string At(string id) => System.Text.RegularExpressions.Regex.Replace(Pattern, @"\{[^}]*\}", m => Words.GetValueOrDefault(m.Value, id));
}

/// <summary>What is mapped in a running server; a new route is here by itself.</summary>
public static class ApiRoutes
{
    public static IReadOnlyList<ApiRoute> Of(TestServer server) =>
    [
        .. from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
           let pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/')
           orderby pattern, method
           select new ApiRoute(method, pattern),
    ];
}
