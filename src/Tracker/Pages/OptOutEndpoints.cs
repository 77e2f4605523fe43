using Tracker.Domain.Tokens;
using Tracker.Hits;
using Tracker.Prospects;
using Tracker.Storage;

namespace Tracker.Pages;

/// <summary>The recipient's page. Looking asks, only a POST acts: scanners and previews look (RFC 8058, section 3.2).</summary>
public static class OptOutEndpoints
{
    public static void MapOptOut(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/u/{token}", Ask).ExcludeFromDescription();
        routes.MapPost("/u/{token}", ActAsync).ExcludeFromDescription();
    }

    static IResult Ask(string token, HttpContext http, KeyRing ring)
    {
        NotStored(http);
        return TokenCodec.TryVerify(ring, TokenPurpose.OptOut, token, out _) ? PageEndpoints.Show<OptOutPage>(new { Done = false }) : Unknown();
    }

    /// <summary>From the page's button, or in one click from the mail program. Needs no cookie and nothing in the body.</summary>
    static async Task<IResult> ActAsync(string token, HttpContext http, KeyRing ring, Database database, TimeProvider time)
    {
        NotStored(http);
        if (!TokenCodec.TryVerify(ring, TokenPurpose.OptOut, token, out var content))
        {
            return Unknown();
        }
        var form = await Web.RequestBody.FormAsync(http.Request);
        var source = form?["List-Unsubscribe"].ToString() == "One-Click" ? "one-click" : "page";
        // A copy that is gone leaves nothing to silence, so the answer is the same.
        await database.WriteAsync(s => Refusals.OfCopyAsync(s, content.Copy.ToString(), source, time.GetUtcNow()), http.RequestAborted);
        return PageEndpoints.Show<OptOutPage>(new { Done = true });
    }

    static IResult Unknown() => Results.Text("Not found.\n", "text/plain", statusCode: StatusCodes.Status404NotFound);

    static void NotStored(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
    }
}
