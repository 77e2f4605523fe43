using System.Data.Common;
using Tracker.Domain.Tokens;
using Tracker.Settings;

namespace Tracker.Storage;

/// <summary>
/// Opens and migrates the database while pixels and links are served already. A database that is away is tried again; one from a newer Tracker ends the
/// process, because going on could only harm it. One that belongs to another data folder is left alone until somebody mends that; no restart is needed.
/// </summary>
public sealed partial class DatabaseStart(Database database, TrackerSettings settings, KeyRing ring, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<DatabaseStart> log) : BackgroundService
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Up to this size the check compares indexes with their tables too, which takes about a second. In larger files it looks at the pages only, because
    /// the log cannot be emptied while it reads.
    /// </summary>
    const long CheckedInDepth = 256 << 20;

    /// <summary>Why the process was ended; null when it was not.</summary>
    public string? Fatal { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Migrations.ApplyAsync(database, time, stoppingToken);
                await database.WriteAsync(s => Belonging.CheckAsync(s, settings.Node, settings.DataFolder, ring, time.GetUtcNow()), stoppingToken);
                database.MarkReady();
                await CheckAsync(stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NewerDatabaseException e)
            {
                LogNewer(e.Message);
                database.MarkFailing(e.Message);
                Fatal = e.Message;
                // Not before it has started: a host that is stopped while starting reports a failure of its own.
                lifetime.ApplicationStarted.Register(lifetime.StopApplication);
                return;
            }
            catch (StrangerException e)
            {
                if (database.Problem != e.Message)
                {
                    LogStranger(e.Message);
                }
                database.MarkFailing(e.Message);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (DbException e) when (database.Dialect.IsDamage(e))
            {
                Damaged(e.Message);
                return;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                LogAway(e.Message, RetryAfter.TotalSeconds);
                database.MarkFailing("The database cannot be opened: " + e.Message);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// SQLite notices damage only where it looks, so once after the start everything is looked at, beside the first requests and with the
    /// processor time that they leave: with ten million hits it reads a gigabyte. A damaged file is not used any further: links work, hits wait in the journal, and a person
    /// has to decide.
    /// </summary>
    Task CheckAsync(CancellationToken ct) => database.SqliteFile is null ? Task.CompletedTask : QuietThread.RunAsync("database check", async () =>
    {
        if (await QuickCheckAsync(database, ct) is { } damage)
        {
            Damaged(damage);
        }
    });

    void Damaged(string damage)
    {
        database.MarkDamaged(
            $"The database {database.SqliteFile} is damaged ({damage}) and is not used any more. Pixels and links work, and hits are kept in the journal. " +
            "Stop the server, restore the latest backup (tracker restore FILE --replace), and start it again: the journal's hits are then stored.");
        LogDamaged(database.Problem!);
    }

    /// <returns>What SQLite's own check finds; null when all is well.</returns>
    public static async Task<string?> QuickCheckAsync(Database database, CancellationToken ct)
    {
        try
        {
            var check = new FileInfo(database.SqliteFile!).Length <= CheckedInDepth ? "pragma integrity_check(1)" : "pragma quick_check(1)";
            var found = await database.ReadAsync(s => s.ScalarAsync<string>(check), ct);
            return found == "ok" ? null : found?.ReplaceLineEndings(" ");
        }
        catch (DbException e)
        {
            return e.Message;
        }
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Critical, Message = "{Problem}")]
    partial void LogDamaged(string problem);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Critical, Message = "{Problem}")]
    partial void LogNewer(string problem);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "The database cannot be opened ({Problem}); pixels and links work meanwhile, next try in {Seconds} s.")]
    partial void LogAway(string problem, double seconds);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "{Problem} Pixels and links work meanwhile, and hits are kept in the journal.")]
    partial void LogStranger(string problem);
}
