using Microsoft.Extensions.Hosting.Systemd;

namespace Tracker.Web;

/// <summary>Tells systemd when pixels and links answer, and when the stop begins (sd_notify(3)).</summary>
public sealed class SystemdReady(ISystemdNotifier notifier, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => notifier.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
