using Tracker.Access;
using Tracker.Commands;
using Tracker.Engagement;
using Tracker.Feed;
using Tracker.FollowUp;
using Tracker.Hits;
using Tracker.Outbound;
using Tracker.Pages;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Web;

return await CommandLine.RunAsync(args);

/// <summary>The server, put together.</summary>
partial class Program
{
    internal static WebApplication Build(TrackerSettings settings, IConfiguration configuration, Action<IServiceCollection>? replace = null)
    {
        var builder = Hosting.CreateBuilder(settings, configuration);
        builder.Services.AddTracker(settings);
        replace?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseApiPipeline();
        app.MapHealth();
        app.MapMetrics();
        app.MapAllPages();
        app.MapOptOut();
        var api = app.MapGroup("/api/v1");
        api.MapMessages();
        api.MapHits();
        api.MapProspects();
        api.MapPrompts();
        api.MapFollowUp();
        api.MapFeed();
        return app;
    }
}
