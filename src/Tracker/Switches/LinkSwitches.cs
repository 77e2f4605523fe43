using Tracker.Settings;

namespace Tracker.Switches;

/// <summary>
/// Which links that are out lead elsewhere now, or nowhere. Held in memory for the request path and read again within a quarter of a second when
/// the file changes, whoever changed it. A file that cannot be used leaves the rules as they were and is told by readiness.
/// </summary>
public sealed partial class LinkSwitches(TrackerSettings settings, TimeProvider time, ILogger<LinkSwitches> log) : BackgroundService
{
    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    readonly Lock _reading = new();
    volatile SwitchTable _table = SwitchTable.Empty;
    (long, long) _stamp;

    public SwitchFile File { get; } = new(settings.SwitchFile, time);

    /// <summary>Why the file's newest state is not in force; null when it is.</summary>
    public string? Problem { get; private set; }

    /// <returns>Where the link leads now; null when it is stopped.</returns>
    public string? Lead(Domain.Tokens.CopyId copy, int link, string destination) => _table.Lead(copy, link, destination);

    /// <summary>The rules as they stand in the file at this moment.</summary>
    public IReadOnlyList<SwitchRule> Rules
    {
        get
        {
            Look();
            return _table.Rules;
        }
    }

    /// <summary>Whether this rep's mail may not be tracked, as the file stands at this moment.</summary>
    public bool IsStopped(string rep)
    {
        Look();
        return _table.IsStopped(rep);
    }

    /// <summary>Reads the file when it has changed.</summary>
    public void Look()
    {
        lock (_reading)
        {
            try
            {
                var stamp = File.Stamp;
                if (stamp != _stamp)
                {
                    _table = new(File.Read());
                    _stamp = stamp; // Not before: what could not be read is tried again.
                    LogRead(_table.InForce);
                }
                Problem = null;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                if (Problem != e.Message)
                {
                    LogKept(e.Message);
                }
                Problem = e.Message;
            }
        }
    }

    /// <summary>Before the server listens, so that no link is followed past a rule.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Look();
        }
    }

    [LoggerMessage(EventId = 3401, Level = LogLevel.Information, Message = "{Count} decisions about links are in force.")]
    partial void LogRead(int count);

    [LoggerMessage(EventId = 3402, Level = LogLevel.Error, Message = "Decisions about links are not read anew: {Problem} Those read before stay in force.")]
    partial void LogKept(string problem);
}
