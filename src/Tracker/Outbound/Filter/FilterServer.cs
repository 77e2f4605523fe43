using System.Net;
using System.Net.Sockets;
using Tracker.Outbound.Smtp;
using Tracker.Settings;
using Tracker.Web;

namespace Tracker.Outbound.Filter;

/// <param name="Host">The next hop.</param>
/// <param name="FailOpen">Send untracked what could not be instrumented or stored.</param>
/// <param name="WorkWithin">Longest time for instrumenting and storing one mail.</param>
public sealed record FilterOptions(string Host, int Port, bool FailOpen, TimeSpan WorkWithin);

/// <summary>Postfix's after-queue content filter, next to the web server: listens on loopback when a setting says so.</summary>
public sealed partial class FilterServer(
    TrackerSettings settings, MailFilter filter, TimeProvider time, TrackerMetrics metrics, IHostApplicationLifetime lifetime, ILoggerFactory loggers, ILogger<FilterServer> log) : BackgroundService
{
    /// <summary>Shorter than a host waits for its services, so that the answer still goes out.</summary>
    static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(7);

    SmtpListener? _listener;

    /// <summary>Null while it is not listening.</summary>
    public IPEndPoint? Address => _listener?.Address;

    /// <exception cref="IOException">The address is taken.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var (listen, options) = (IPEndPoint.Parse(settings.Filter.Listen), new FilterOptions(settings.Filter.NextHopHost, settings.Filter.NextHopPort, settings.Filter.FailOpen, settings.Filter.WorkWithin));
        var limits = new SmtpLimits { MessageBytes = (int)settings.MessageBytes, Connections = settings.Filter.Connections, MemoryBytes = settings.Filter.MemoryBytes };
        var backendLog = loggers.CreateLogger<FilterBackend>();
        _listener = new(listen, () => new FilterBackend(options, filter, limits, time, metrics, backendLog), limits, time, loggers.CreateLogger<SmtpListener>());
        try
        {
            _listener.Bind();
        }
        catch (SocketException e)
        {
            throw new IOException($"The mail filter cannot listen on {listen} ({e.Message}). Choose another address with the setting Tracker:Filter:Listen, and tell Postfix.", e);
        }
        LogListens(_listener.Address, settings.Filter.NextHop);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The web server is the last to start, and with a port of 0 only it knows the address that goes into the mails.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await using var whenStopping = stoppingToken.Register(() => started.TrySetResult());
        await started.Task;
        using var working = new CancellationTokenSource();
        await using var finishing = stoppingToken.Register(() => working.CancelAfter(FinishWithin));
        await _listener!.RunAsync(stoppingToken, working.Token);
    }

    public override void Dispose()
    {
        _listener?.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 5103, Level = LogLevel.Information, Message = "The mail filter listens on {Address} and hands mail on to {NextHop}.")]
    partial void LogListens(IPEndPoint address, string nextHop);
}
