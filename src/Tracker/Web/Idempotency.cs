using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tracker.Access;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>
/// Honours Idempotency-Key on every POST of the API (after the IETF draft "The Idempotency-Key HTTP Header Field"): the same request with the same key
/// gets the first answer again, a different request with it is refused, and a second one while the first is being worked on is told to wait.
/// Answers that say "try again" (5xx, 429) are not kept. What a request makes is written down in the transaction that makes it, so that a crash at any
/// moment leaves either nothing or something that a repeat finds; the answer to a mail is made again from the repeat, and the mail is not kept.
/// </summary>
public sealed class Idempotency(RequestDelegate next)
{
    public const string Header = "Idempotency-Key", ReplayHeader = "Idempotent-Replay";
    public const int MaxKey = 200;

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>A request that was begun but never answered, because the server died, may be tried again after this.</summary>
    static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    /// <summary>The request being answered, for the handler that makes something lasting.</summary>
    sealed class Claim
    {
        public required string Caller { get; init; }
        public required string Key { get; init; }

        /// <summary>Tells this try from a later one that took the key over because this one seemed dead.</summary>
        public required long StartedAtMs { get; init; }

        /// <summary>The message that an earlier try has made.</summary>
        public long? MadeMessage { get; init; }

        /// <summary>Written down by the handler, in the transaction of its work.</summary>
        public bool IsKept { get; set; }
    }

    sealed record Row
    {
        public string RequestHash { get; init; } = "";
        public long StartedAtMs { get; init; }
        public long? Status { get; init; }
        public string? Headers { get; init; }
        public byte[]? Body { get; init; }
        public long? MessageId { get; init; }
    }

    /// <summary>The message that this very request made when it was sent before; the handler answers with it again.</summary>
    public static long? MadeMessage(HttpContext http) => http.Features.Get<Claim>()?.MadeMessage;

    /// <summary>Writes down, in the transaction that makes it, which message the request made.</summary>
    public static Task MadeAsync(Session session, HttpContext http, long messageId) => InWorkAsync(session, http, claim => session.ExecuteAsync(
        "update idempotent_requests set message_id = @messageId where caller = @Caller and idempotency_key = @Key and started_at_ms = @StartedAtMs",
        new { messageId, claim.Caller, claim.Key, claim.StartedAtMs }));

    /// <summary>Keeps the answer, in the transaction of the work: for answers that are small and hold no mail.</summary>
    public static Task KeepAsync(Session session, HttpContext http, int status, string location, object body) => InWorkAsync(session, http, claim => KeepAsync(
        session, claim, status, "application/json; charset=utf-8", location, JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), ApiJson.Options)));

    static async Task InWorkAsync(Session session, HttpContext http, Func<Claim, Task<int>> write)
    {
        if (http.Features.Get<Claim>() is not { } claim)
        {
            return;
        }
        if (await write(claim) == 0)
        {
            // Rolls the work back: the key is somebody else's by now, so it would be done twice.
            throw new ProblemException(Problems.InProgress.With("This took so long that a repeat has begun in its place."));
        }
        session.AfterCommit(() => claim.IsKept = true);
    }

    public async Task InvokeAsync(HttpContext http, Database database, TimeProvider time)
    {
        var key = http.Request.Headers[Header].ToString();
        if (key.Length == 0 || !HttpMethods.IsPost(http.Request.Method) || http.User.Identity is not { IsAuthenticated: true })
        {
            await next(http);
            return;
        }
        if (key.Length > MaxKey)
        {
            await Problems.Parameter(Header, key, $"a text of at most {MaxKey} characters").ExecuteAsync(http);
            return;
        }
        var (caller, now) = (Caller.Of(http.User).Id, time.GetUtcNow());
        var hash = await HashAsync(http.Request, http.RequestAborted);
        var known = await database.WriteAsync(s => ClaimAsync(s, caller, key, hash, now), http.RequestAborted);
        if (known is null)
        {
            await AnswerAsync(http, database, new() { Caller = caller, Key = key, StartedAtMs = now.Ms() });
        }
        else if (known.RequestHash != hash)
        {
            await Problems.IdempotencyKeyReused.With("The key was used for a request with another address or body.").ExecuteAsync(http);
        }
        else if (known.MessageId is { } made)
        {
            http.Response.Headers[ReplayHeader] = "true";
            http.Features.Set(new Claim { Caller = caller, Key = key, StartedAtMs = known.StartedAtMs, MadeMessage = made });
            await next(http);
        }
        else if (known.Status is null)
        {
            http.Response.Headers.RetryAfter = "1";
            await Problems.InProgress.With("The first request with this key is not answered yet.").ExecuteAsync(http);
        }
        else
        {
            await ReplayAsync(http, known);
        }
    }

    /// <returns>Null when the request is ours to answer; else what is known of the first.</returns>
    static async Task<Row?> ClaimAsync(Session session, string caller, string key, string hash, DateTimeOffset now)
    {
        // Only this one: housekeeping removes the others, and this runs in every POST's write.
        await session.ExecuteAsync("""
            delete from idempotent_requests where caller = @caller and idempotency_key = @key and (started_at_ms < @old or (status is null and message_id is null and started_at_ms < @abandoned))
            """, new { caller, key, old = (now - Kept).Ms(), abandoned = (now - Abandoned).Ms() });
        var claimed = await session.ExecuteAsync("""
            insert into idempotent_requests (caller, idempotency_key, request_hash, started_at_ms) values (@caller, @key, @hash, @now) on conflict do nothing
            """, new { caller, key, hash, now = now.Ms() });
        return claimed == 1 ? null : await session.FirstAsync<Row>(
            "select request_hash, started_at_ms, status, headers, body, message_id from idempotent_requests where caller = @caller and idempotency_key = @key", new { caller, key });
    }

    async Task AnswerAsync(HttpContext http, Database database, Claim claim)
    {
        var wire = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        http.Features.Set(claim);
        try
        {
            await next(http);
            var response = http.Response;
            if (!claim.IsKept && response.StatusCode < 500 && response.StatusCode != StatusCodes.Status429TooManyRequests)
            {
                // Kept before it is sent: an answer that got lost on the way is the very case the key is for.
                await database.WriteAsync(s => KeepAsync(s, claim, response.StatusCode, response.ContentType, response.Headers.Location, answer.ToArray()), CancellationToken.None);
                claim.IsKept = true;
            }
        }
        finally
        {
            http.Response.Body = wire;
            if (!claim.IsKept)
            {
                await database.WriteAsync(s => s.ExecuteAsync(
                    "delete from idempotent_requests where caller = @Caller and idempotency_key = @Key and started_at_ms = @StartedAtMs and message_id is null", new { claim.Caller, claim.Key, claim.StartedAtMs }), CancellationToken.None);
            }
        }
        answer.Position = 0;
        await answer.CopyToAsync(wire, http.RequestAborted);
    }

    static Task<int> KeepAsync(Session session, Claim claim, int status, string? type, string? location, byte[] body) => session.ExecuteAsync(
        "update idempotent_requests set status = @status, headers = @headers, body = @body where caller = @Caller and idempotency_key = @Key and started_at_ms = @StartedAtMs",
        new
        {
            claim.Caller, claim.Key, claim.StartedAtMs, status = (long)status, body,
            headers = JsonSerializer.Serialize(new Dictionary<string, string?> { ["Content-Type"] = type, ["Location"] = location }),
        });

    static async Task ReplayAsync(HttpContext http, Row known)
    {
        http.Response.StatusCode = (int)known.Status!.Value;
        http.Response.Headers[ReplayHeader] = "true";
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(known.Headers!)!)
        {
            if (value is not null)
            {
                http.Response.Headers[name] = value;
            }
        }
        await http.Response.Body.WriteAsync(known.Body, http.RequestAborted);
    }

    static async Task<string> HashAsync(HttpRequest request, CancellationToken ct)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n{request.ContentType}\n{request.Headers.Accept}\n"));
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            hash.AppendData(chunk, 0, read);
        }
        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
