using System.Globalization;
using System.Threading.RateLimiting;
using Tracker.Access;
using Tracker.Hits;
using Tracker.Settings;

namespace Tracker.Web;

/// <summary>
/// A limit per API key, so that a program in a loop does not take the server from the others. Tracking requests never come here. Not the framework's middleware: that one never
/// ends the timer of its limiter, which then holds the whole server in memory after it was stopped (dotnet/aspnetcore#66434).
/// </summary>
public sealed class RateLimits(TrackerSettings settings, ClientAddress clients) : IMiddleware, IAsyncDisposable
{
    /// <summary>Without a key, or with a wrong one: enough for typing errors, too little for guessing.</summary>
    const int AnonymousPerMinute = 60;

    readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(http => !http.Request.Path.StartsWithSegments("/api")
        ? RateLimitPartition.GetNoLimiter("")
        : IsKnown(http)
            ? Window(Caller.Of(http.User).Id, settings.RequestsPerMinute)
            : Window("address:" + clients.Of(http), AnonymousPerMinute));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        using var lease = _limiter.AttemptAcquire(context);
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(60);
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await Problems.TooManyRequests.With(IsKnown(context)
            ? $"The limit is {settings.RequestsPerMinute} requests a minute and key."
            : $"The limit without a valid API key is {AnonymousPerMinute} requests a minute and address.").ExecuteAsync(context);
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    static bool IsKnown(HttpContext http) => http.User.Identity is { IsAuthenticated: true };

    static RateLimitPartition<string> Window(string name, int perMinute) => RateLimitPartition.GetFixedWindowLimiter(
        name, _ => new() { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) });
}
