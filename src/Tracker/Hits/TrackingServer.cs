using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Tracker.Hits;

/// <summary>
/// The web server with pixels and links taken out before the pipeline begins. What a request of the API or the page is given there (a context, an activity,
/// the framework's request metrics, a dozen middlewares) costs more than everything that a hit needs.
/// </summary>
sealed class TrackingServer(IServer server, Tracking tracking) : IServer
{
    public IFeatureCollection Features => server.Features;

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull =>
        server.StartAsync(new Fork<TContext>(application, tracking), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public void Dispose() => server.Dispose();

    /// <summary>Takes the place of the server that is registered; commands, and traces that are replayed, have none.</summary>
    public static void Register(IServiceCollection services)
    {
        if (services.LastOrDefault(s => s.ServiceType == typeof(IServer)) is not { } registered)
        {
            return;
        }
        services.Remove(registered);
        services.AddSingleton<IServer>(p => new TrackingServer((IServer)ActivatorUtilities.CreateInstance(p, registered.ImplementationType!), p.GetRequiredService<Tracking>()));
    }

    /// <summary>Lives as long as its connection.</summary>
    sealed class Context<TContext>
    {
        public TrackingRequest Tracked { get; } = new();

        public bool IsTracked { get; set; }

        public TContext? Other { get; set; }
    }

    sealed class Fork<TContext>(IHttpApplication<TContext> pipeline, Tracking tracking) : IHttpApplication<Context<TContext>> where TContext : notnull
    {
        public Context<TContext> CreateContext(IFeatureCollection contextFeatures)
        {
            // The web server keeps it for the next request on the connection.
            var kept = contextFeatures as IHostContextContainer<Context<TContext>>;
            var context = kept?.HostContext ?? new();
            if (kept is not null)
            {
                kept.HostContext = context;
            }
            var request = contextFeatures.Get<IHttpRequestFeature>()!;
            context.IsTracked = Tracking.IsFor(request.Path);
            if (context.IsTracked)
            {
                context.Tracked.Begin(contextFeatures, request);
            }
            else
            {
                context.Other = pipeline.CreateContext(contextFeatures);
            }
            return context;
        }

        public Task ProcessRequestAsync(Context<TContext> context) =>
            context.IsTracked ? tracking.AnswerAsync(context.Tracked) : pipeline.ProcessRequestAsync(context.Other!);

        public void DisposeContext(Context<TContext> context, Exception? exception)
        {
            if (!context.IsTracked)
            {
                pipeline.DisposeContext(context.Other!, exception);
                context.Other = default;
            }
        }
    }
}
