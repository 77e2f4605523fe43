using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>
/// Keeps the endpoints of the API and the page out of the start: compiling how each binds its parameters takes half of it, and pixels and links need none of that.
/// </summary>
static class LateEndpoints
{
    public static IServiceCollection AddLateEndpoints(this IServiceCollection services) => services.AddSingleton<IAuthorizationPolicyProvider, Policies>().AddHostedService<Maker>();

    /// <summary>Where policies may be kept for each endpoint, the framework lists all endpoints before the server listens. Putting two together for a request takes microseconds.</summary>
    sealed class Policies(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
    {
        public override bool AllowsCachingPolicies => false;
    }

    /// <summary>Makes them as soon as the server listens, so that the first page does not wait for them either.</summary>
    sealed class Maker(IServiceProvider services) : IHostedLifecycleService
    {
        Task _made = Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            _made = QuietThread.RunAsync("endpoints", () =>
            {
                _ = services.GetRequiredService<EndpointDataSource>().Endpoints;
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        }

        public Task StoppedAsync(CancellationToken cancellationToken) => _made;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
