using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>
/// Keeps SQLite's write-ahead log small, beside the writers instead of inside their commits. From a few MiB on it copies what is committed into the
/// database file, which stops nobody; when writers add faster than that, it empties the log between two of their transactions.
/// </summary>
public sealed partial class WalCheckpoints(Database database, TimeProvider time, ILogger<WalCheckpoints> log) : BackgroundService
{
    /// <summary>4 MiB: the pages of some hundred batches, so that those changed many times are copied once.</summary>
    public const long CopyFrom = 4 << 20;

    /// <summary>32 MiB: from here on the log is emptied, which takes the writers' turn for milliseconds.</summary>
    public const long EmptyFrom = 32 << 20;

    /// <summary>64 MiB: somebody reads for so long that the log cannot be emptied.</summary>
    public const long TellFrom = 64 << 20;

    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>After a reader stood in the way: trying costs the writers their turn each time.</summary>
    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    const int WaitForReadersMilliseconds = 200;

    bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (database.SqliteFile is not null && !stoppingToken.IsCancellationRequested)
        {
            var emptied = true;
            try
            {
                emptied = !database.IsReady || await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or IOException or OperationCanceledException)
            {
                emptied = false; // The database is in trouble, which others tell.
            }
            Tell();
            await Task.Delay(emptied ? Every : AgainAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False when a reader stood in the way.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        if (database.WalBytes < CopyFrom)
        {
            return true;
        }
        await Task.Run(() => Checkpoint("passive"), ct);
        if (database.WalBytes < EmptyFrom)
        {
            return true;
        }
        // What was added during the first copying, so that little is left for the time in which nobody may write.
        await Task.Run(() => Checkpoint("passive"), ct);
        var emptied = false;
        await database.BetweenWritesAsync(() => Task.Run(() => emptied = Checkpoint("truncate"), ct), ct);
        return emptied;
    }

    /// <returns>False when not all of the log could be handled.</returns>
    bool Checkpoint(string mode)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database.SqliteFile, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"pragma busy_timeout = {WaitForReadersMilliseconds}; pragma wal_checkpoint({mode})";
        using var answer = command.ExecuteReader();
        answer.NextResult(); // The first is the timeout.
        return answer.Read() && answer.GetInt64(0) == 0;
    }

    void Tell()
    {
        var large = database.WalBytes >= TellFrom;
        if (large && !_told)
        {
            LogLarge(database.WalBytes >> 20);
        }
        _told = large;
    }

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "SQLite's write-ahead log has {Megabytes} MiB and cannot be emptied, because somebody has been reading for long (a backup, or another program that has the database open).")]
    partial void LogLarge(long megabytes);
}
