using System.Net;
using Tracker.Hits;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>Where the team's own people read from.</summary>
public static class NetworkEndpoints
{
    public static void MapNetworks(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/networks", (HttpContext http, Viewer viewer, Database database, ClientAddress clients, TrackerSettings settings) => ShowAsync(http, viewer, database, clients, settings));
        admin.MapPost("/networks", AddAsync);
        admin.MapPost("/networks/here", AddHereAsync);
        admin.MapPost("/networks/remove", RemoveAsync);
    }

    static async Task<IResult> ShowAsync(
        HttpContext http, Viewer viewer, Database database, ClientAddress clients, TrackerSettings settings, string? done = null, string? wrong = null, string? problem = null)
    {
        var added = await database.ReadAsync(OfficeNetworks.ListAsync, http.RequestAborted);
        return PageEndpoints.Show<NetworksPage>(new
        {
            Viewer = viewer, Added = added, Fixed = (IReadOnlyList<string>)[.. settings.OfficeNetworks.Select(n => n.ToString())], Here = clients.Of(http).ToString(), Done = done, Wrong = wrong, Problem = problem,
        }, wrong is null && problem is null ? 200 : 400);
    }

    static async Task<IResult> AddAsync(HttpContext http, Viewer viewer, Database database, ClientAddress clients, TrackerSettings settings, OfficeNetworks offices, KnownNetworks known)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var (network, problem) = OfficeNetworks.Parse(form["network"].ToString());
        problem = network is { } right ? Refusal(right.BaseAddress, known) : problem;
        if (network is null || problem.Length > 0)
        {
            return await ShowAsync(http, viewer, database, clients, settings, wrong: problem);
        }
        await offices.AddAsync(network.Value, Note(form["note"].ToString()), viewer.Rep.Id, http.RequestAborted);
        return await ShowAsync(http, viewer, database, clients, settings, done: $"Looks from {network} are your own people's from now on.");
    }

    static async Task<IResult> AddHereAsync(HttpContext http, Viewer viewer, Database database, ClientAddress clients, TrackerSettings settings, OfficeNetworks offices, KnownNetworks known)
    {
        var address = clients.Of(http);
        var peer = http.Connection.RemoteIpAddress ?? IPAddress.None;
        var problem = IPAddress.IsLoopback(address)
            ? "You use this page on the server's own machine, so where you are says nothing about where you read mail. Type the address of your office instead."
            : ClientAddress.IsForwarded(http.Request.Headers) && !clients.IsTrusted(ClientAddress.Plain(peer))
                ? $"You come through a proxy at {address} that is not trusted, and so does every prospect: nothing was added. See the set-up check."
                : Refusal(address, known);
        if (problem.Length > 0)
        {
            return await ShowAsync(http, viewer, database, clients, settings, problem: problem);
        }
        var form = (await RequestBody.FormAsync(http.Request))!;
        await offices.AddAsync(OfficeNetworks.Around(address), Note(form["note"].ToString()), viewer.Rep.Id, http.RequestAborted);
        return await ShowAsync(http, viewer, database, clients, settings, done: $"Looks from {OfficeNetworks.Around(address)} are your own people's from now on.");
    }

    static async Task<IResult> RemoveAsync(HttpContext http, Viewer viewer, Database database, ClientAddress clients, TrackerSettings settings, OfficeNetworks offices)
    {
        var network = (await RequestBody.FormAsync(http.Request))!["network"].ToString();
        await offices.RemoveAsync(network, http.RequestAborted);
        return await ShowAsync(http, viewer, database, clients, settings, done: "Looks from there count as a prospect's again.");
    }

    static string Refusal(IPAddress address, KnownNetworks known) => known.Find(address) is { } network
        ? $"{address} belongs to '{network.Name}', where others come from too: its looks are judged by what is known of it."
        : "";

    static string Note(string typed) => typed.Trim() is { Length: > 0 and <= Texts.MaxLine } note && !note.Any(char.IsControl) ? note : "";
}
