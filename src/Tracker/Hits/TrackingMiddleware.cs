using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Journal;
using Tracker.Switches;
using Tracker.Web;

namespace Tracker.Hits;

/// <summary>
/// Pixels and links. Runs before everything that the API and the page need, looks nothing up and never touches the database: verify the token, take
/// the facts, hand them to the journal, answer once they are on disk. Whatever goes wrong on our side, a reader gets the picture and a click lands.
/// </summary>
public sealed partial class TrackingMiddleware(
    RequestDelegate next, KeyRing ring, HitJournal journal, LinkSwitches switches, RefusalPace pace, ClientAddress clientAddress, HitFacts facts, Access.KnownSessions sessions,
    SetUpProbe probe, TimeProvider time, TrackerMetrics metrics, ILogger<TrackingMiddleware> log)
{
    const string OpenPath = "/o/", ClickPath = "/c/", PixelSuffix = ".gif";

    // 1×1, transparent, 43 bytes: no image format has a smaller picture that every mail program shows.
    static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
    static readonly byte[] NotFound = "Not found.\n"u8.ToArray();

    // For somebody who was sent the link and cannot know why it does not work. Without style: the answer's policy lets nothing else in.
    static readonly byte[] Stopped = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>This link is switched off</title></head>
        <body>
        <h1>This link is switched off</h1>
        <p>Its sender, or the person who runs this service, has switched it off. Nothing is wrong on your side.</p>
        <p>Please ask whoever sent it to you for the right address.</p>
        </body>
        </html>

        """u8.ToArray();

    public Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (path.StartsWith(OpenPath, StringComparison.Ordinal))
        {
            var name = path.AsSpan(OpenPath.Length);
            return name.EndsWith(PixelSuffix, StringComparison.Ordinal) && TokenCodec.TryVerify(ring, TokenPurpose.Open, name[..^PixelSuffix.Length], out var open)
                ? AnswerAsync(http, HitKind.Open, open)
                : RefuseAsync(http);
        }
        if (path.StartsWith(ClickPath, StringComparison.Ordinal))
        {
            return TokenCodec.TryVerify(ring, TokenPurpose.Click, path.AsSpan(ClickPath.Length), out var click)
                ? AnswerAsync(http, HitKind.Click, click)
                : RefuseAsync(http);
        }
        return next(http);
    }

    async Task AnswerAsync(HttpContext http, HitKind kind, TokenContent token)
    {
        // The reader may hang up before the disk is done: the hit still happened, so nothing here listens to RequestAborted.
        if (!probe.Takes(http, token.Copy))
        {
            metrics.Answered(kind, await RecordAsync(http, kind, token));
        }
        var response = http.Response;
        TrackingHeaders.Set(response.Headers);
        var method = http.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }
        if (kind == HitKind.Open)
        {
            await ShowAsync(http, "image/gif", Pixel);
        }
        else if (switches.Lead(token.Copy, token.Link, token.Destination!) is { } address)
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = address;
            response.ContentLength = 0;
        }
        else
        {
            metrics.Stopped();
            response.StatusCode = StatusCodes.Status410Gone;
            await ShowAsync(http, "text/html; charset=utf-8", Stopped);
        }
    }

    static Task ShowAsync(HttpContext http, string type, byte[] content)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(content, CancellationToken.None).AsTask();
    }

    async Task<bool> RecordAsync(HttpContext http, HitKind kind, TokenContent token)
    {
        try
        {
            return await Record(http, kind, token);
        }
        catch (Exception e)
        {
            // Nobody waits for the record but us; the reader waits for the answer. It is counted as unrecorded.
            LogNotRecorded(e);
            return false;
        }
    }

    Task<bool> Record(HttpContext http, HitKind kind, TokenContent token)
    {
        var request = http.Request;
        var own = sessions.IsRep(request) ? OwnVisit.Browser : OwnVisit.None;
        var writer = new HitRecord.Writer(stackalloc byte[HitRecord.Writer.MaxLength]);
        facts.Write(ref writer, kind, own, token.Link, token.Copy, request.Method, request.Headers, clientAddress.Of(http), time.GetUtcNow());
        return journal.Append(writer.Written).Recorded;
    }

    // One answer for every reason, so that nobody learns by asking how close a forgery came. Only here is anybody slowed down: a valid link never is.
    async Task RefuseAsync(HttpContext http)
    {
        metrics.Refused();
        await pace.WaitAsync(clientAddress.Of(http), http.RequestAborted);
        var response = http.Response;
        TrackingHeaders.Set(response.Headers);
        response.StatusCode = StatusCodes.Status404NotFound;
        await ShowAsync(http, "text/plain", NotFound);
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "A hit was answered but could not be recorded.")]
    partial void LogNotRecorded(Exception e);
}
