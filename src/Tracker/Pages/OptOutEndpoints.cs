using System.Data.Common;
using Tracker.Domain.Tokens;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages;

/// <summary>The recipient's page. Looking asks, only a POST acts: scanners and previews look (RFC 8058, section 3.2).</summary>
public static class OptOutEndpoints
{
    /// <summary>Longest wait for the database, since the wish is in the journal already.</summary>
    static readonly TimeSpan DatabaseLimit = TimeSpan.FromSeconds(1);

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

    /// <summary>
    /// From the page's button, or in one click from the mail program. Needs no cookie and nothing in the body, and no database: the wish goes into the
    /// journal first, so it holds whenever the database takes it, and hits that wait beside it are not kept either.
    /// </summary>
    static async Task<IResult> ActAsync(string token, HttpContext http, KeyRing ring, HitJournal journal, Database database, TrackerMetrics metrics, TimeProvider time)
    {
        NotStored(http);
        if (!TokenCodec.TryVerify(ring, TokenPurpose.OptOut, token, out var content))
        {
            return Unknown();
        }
        var form = await RequestBody.FormAsync(http.Request);
        var wish = new RefusalWish(content.Copy, time.GetUtcNow(), form?["List-Unsubscribe"].ToString() == "One-Click" ? RefusalWish.OneClick : RefusalWish.Page);
        var journalled = await journal.Append(wish.ToBytes()).Recorded;
        metrics.Refusal(journalled);
        // Also at once, for mail that is made this moment; the journal's copy changes nothing then.
        var stored = await StoreAsync(database, wish, time);
        return journalled || stored
            ? PageEndpoints.Show<OptOutPage>(new { Done = true })
            : PageEndpoints.Show<OptOutPage>(new { Done = false, Failed = true }, StatusCodes.Status503ServiceUnavailable);
    }

    /// <returns>False when the database does not take it now.</returns>
    static async Task<bool> StoreAsync(Database database, RefusalWish wish, TimeProvider time)
    {
        if (!database.IsReady)
        {
            return false;
        }
        using var limit = new CancellationTokenSource(DatabaseLimit, time);
        try
        {
            // A copy that is gone leaves nothing to silence, so the answer is the same. On another thread: a locked SQLite blocks the one that asks it.
            await Task.Run(() => database.WriteAsync(s => Refusals.OfCopyAsync(s, wish.Copy.ToString(), wish.Source, wish.At), limit.Token), limit.Token).WaitAsync(limit.Token);
            return true;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException or IOException)
        {
            return false; // The journal has it.
        }
    }

    static IResult Unknown() => Results.Text("Not found.\n", "text/plain", statusCode: StatusCodes.Status404NotFound);

    static void NotStored(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
    }
}
