using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Journal;
using Tracker.Switches;
using Tracker.Web;

namespace Tracker.Hits;

/// <summary>
/// Pixels and links. Runs beside the pipeline that the API and the page need, looks nothing up and never touches the database: verify the token, take
/// the facts, hand them to the journal, answer once they are on disk. Whatever goes wrong on our side, a reader gets the picture and a click lands.
/// </summary>
public sealed partial class Tracking(
    KeyRing ring, HitJournal journal, LinkSwitches switches, RefusalPace pace, ClientAddress clientAddress, HitFacts facts, Access.KnownSessions sessions,
    TimeProvider time, TrackerMetrics metrics, ILogger<Tracking> log)
{
    const string OpenPath = "/o/", ClickPath = "/c/", PixelSuffix = ".gif";

    // Room for the longest hit would cost more to clear on the stack of each request than everything that is written into it.
    [ThreadStatic]
    static byte[]? _buffer;

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

    /// <summary>Whether a path is a pixel's or link's, good or forged.</summary>
    public static bool IsFor(string path) => path.StartsWith(OpenPath, StringComparison.Ordinal) || path.StartsWith(ClickPath, StringComparison.Ordinal);

    /// <summary>Answers a request whose path is one of ours.</summary>
    public Task AnswerAsync(TrackingRequest request)
    {
        TrackingHeaders.Set(request.Answer);
        var path = request.Path;
        if (path.StartsWith(OpenPath, StringComparison.Ordinal))
        {
            var name = path.AsSpan(OpenPath.Length);
            return name.EndsWith(PixelSuffix, StringComparison.Ordinal) && TokenCodec.TryVerify(ring, TokenPurpose.Open, name[..^PixelSuffix.Length], out var open)
                ? AnswerAsync(request, HitKind.Open, open)
                : RefuseAsync(request);
        }
        return TokenCodec.TryVerify(ring, TokenPurpose.Click, path.AsSpan(ClickPath.Length), out var click)
            ? AnswerAsync(request, HitKind.Click, click)
            : RefuseAsync(request);
    }

    async Task AnswerAsync(TrackingRequest request, HitKind kind, TokenContent token)
    {
        // The reader may hang up before the disk is done: the hit still happened, so nothing here listens to the end of the connection.
        var recorded = await RecordAsync(request, kind, token);
        metrics.Answered(kind, recorded);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            request.Answer.Allow = "GET, HEAD";
            request.End(StatusCodes.Status405MethodNotAllowed);
        }
        else if (kind == HitKind.Open)
        {
            await request.EndAsync(StatusCodes.Status200OK, "image/gif", Pixel);
        }
        else if (switches.Lead(token.Copy, token.Link, token.Destination!) is { } address)
        {
            request.Answer.Location = address;
            request.End(StatusCodes.Status302Found);
        }
        else
        {
            metrics.Stopped();
            await request.EndAsync(StatusCodes.Status410Gone, "text/html; charset=utf-8", Stopped);
        }
    }

    ValueTask<bool> RecordAsync(TrackingRequest request, HitKind kind, TokenContent token)
    {
        try
        {
            var own = sessions.IsRep(request.Headers) ? OwnVisit.Browser : OwnVisit.None;
            var writer = new HitRecord.Writer(_buffer ??= new byte[HitRecord.Writer.MaxLength]);
            facts.Write(ref writer, kind, own, token.Link, token.Copy, request.Method, request.Headers, clientAddress.Of(request.Peer, request.Headers), time.GetUtcNow());
            return request.RecordAsync(journal, writer.Written);
        }
        catch (Exception e)
        {
            // Nobody waits for the record but us; the reader waits for the answer. It is counted as unrecorded.
            LogNotRecorded(e);
            return new(false);
        }
    }

    // One answer for every reason, so that nobody learns by asking how close a forgery came. Only here is anybody slowed down: a valid link never is.
    async Task RefuseAsync(TrackingRequest request)
    {
        metrics.Refused();
        await pace.WaitAsync(clientAddress.Of(request.Peer, request.Headers), request.Aborted);
        await request.EndAsync(StatusCodes.Status404NotFound, "text/plain", NotFound);
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Error, Message = "A hit was answered but could not be recorded.")]
    partial void LogNotRecorded(Exception e);
}
