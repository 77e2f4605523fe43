using Tracker.Access;
using Tracker.Storage;

namespace Tracker.Pages;

/// <summary>Who looks at a page, and as of when.</summary>
/// <param name="Sees">Whose data they see; null: everybody's.</param>
/// <param name="Zone">Where they are: times are shown in it.</param>
/// <param name="Token">For the forms on the page.</param>
public sealed record Viewer(Rep Rep, long? Sees, TimeZoneInfo Zone, DateTimeOffset Now, string Token)
{
    /// <summary>Set by the browser, so that the server renders times as the rep reads them.</summary>
    const string ZoneCookie = "zone";

    const int LongestZone = 64;

    /// <summary>Lets handlers of pages take a Viewer as a parameter.</summary>
    public static async ValueTask<Viewer?> BindAsync(HttpContext http)
    {
        var caller = Caller.Of(http.User);
        var rep = await http.RequestServices.GetRequiredService<Database>().ReadAsync(s => Reps.FindAsync(s, caller.SignedInRep), http.RequestAborted);
        return new(rep!, caller.RepId, ZoneOf(http.Request), http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), FormToken.Of(SessionCookie.Read(http.Request)!));
    }

    static TimeZoneInfo ZoneOf(HttpRequest request) =>
        request.Cookies[ZoneCookie] is { Length: > 0 and <= LongestZone } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
