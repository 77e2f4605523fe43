using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Tracker.Access;
using Tracker.Hits;
using Tracker.Settings;

namespace Tracker.Web;

/// <summary>A limit per API key, so that a program in a loop does not take the server from the others. Tracking requests never come here.</summary>
public static class RateLimits
{
    /// <summary>Without a key, or with a wrong one: enough for typing errors, too little for guessing.</summary>
    const int AnonymousPerMinute = 60;

    public static IServiceCollection AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(_ => { })
        .AddSingleton<Microsoft.Extensions.Options.IConfigureOptions<RateLimiterOptions>>(provider => new Limits(
            provider.GetRequiredService<TrackerSettings>(), provider.GetRequiredService<ClientAddress>()));

    sealed class Limits(TrackerSettings settings, ClientAddress clients) : Microsoft.Extensions.Options.IConfigureOptions<RateLimiterOptions>
    {
        public void Configure(RateLimiterOptions options)
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => !http.Request.Path.StartsWithSegments("/api")
                ? RateLimitPartition.GetNoLimiter("")
                : http.User.Identity is { IsAuthenticated: true }
                    ? Window(Caller.Of(http.User).Id, settings.RequestsPerMinute)
                    : Window("address:" + clients.Of(http), AnonymousPerMinute));
            options.OnRejected = async (context, ct) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(60);
                context.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await Problems.TooManyRequests.With(context.HttpContext.User.Identity is { IsAuthenticated: true }
                    ? $"The limit is {settings.RequestsPerMinute} requests a minute and key."
                    : $"The limit without a valid API key is {AnonymousPerMinute} requests a minute and address.").ExecuteAsync(context.HttpContext);
            };
        }

        static RateLimitPartition<string> Window(string name, int perMinute) => RateLimitPartition.GetFixedWindowLimiter(
            name, _ => new() { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) });
    }
}
