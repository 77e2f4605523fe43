using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>
/// Keeps SQLite's write-ahead log small, beside the writers instead of inside their commits. From a few MiB on it copies what is committed into the
/// database file, which stops nobody; SQLite then begins the log again with a write that finds all of it copied. When writers leave no time for that, it is begun again between two of
/// their transactions.
/// </summary>
public sealed partial class WalCheckpoints(Database database, TimeProvider time, ILogger<WalCheckpoints> log) : BackgroundService
{
    /// <summary>4 MiB: the pages of some hundred batches, so that those changed many times are copied once.</summary>
    public const long CopyFrom = 4 << 20;

    /// <summary>
    /// 128 MiB in use: from here on the log is begun again, which takes the writers' turn for some 60 ms, mostly to copy what the last of them wrote. A backlog writes 27 MiB a batch.
    /// </summary>
    public const long BeginAgainFrom = 128 << 20;

    /// <summary>512 MiB: somebody reads for so long that the log cannot be begun again. A backlog alone makes it some 200 MiB long.</summary>
    public const long TellFrom = 512 << 20;

    /// <summary>
    /// 32 MiB: a longer file is cut once nobody writes. Not before: writing over what is there already takes half the time of a file that has to grow.
    /// </summary>
    public const long KeepUpTo = 32 << 20;

    /// <summary>256 MiB, more than a backlog alone makes of it: a longer file, which somebody's reading brought about, is cut to this as soon as the log is begun again.</summary>
    public const long LongestKept = 256 << 20;

    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>After a reader stood in the way: trying costs the writers their turn each time.</summary>
    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

    const int WaitForReadersMilliseconds = 200;

    /// <param name="Bytes">What is written to the log since it was begun; the file may be longer.</param>
    /// <param name="IsCopied">All of it is in the database file, too.</param>
    readonly record struct Log(long Bytes, bool IsCopied);

    DateTime _seen; // When the log was last written to, as far as is known.
    bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (database.SqliteFile is not null && !stoppingToken.IsCancellationRequested)
        {
            var done = true;
            try
            {
                done = !database.IsReady || await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or IOException or OperationCanceledException)
            {
                done = false; // The database is in trouble, which others tell.
            }
            Tell();
            await Task.Delay(done ? Every : AgainAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False when a reader stood in the way.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var (length, written) = database.Wal;
        if (length < CopyFrom)
        {
            return true;
        }
        if (written == _seen)
        {
            return length <= KeepUpTo || await Task.Run(() => database.BetweenWritesAsync(s => EmptyAsync(s, "truncate"), ct), ct);
        }
        var log = await Task.Run(Copy, ct);
        if (log.Bytes >= BeginAgainFrom)
        {
            // What was added during the first copying, so that little is left for the time in which nobody may write.
            await Task.Run(Copy, ct);
            log = log with { IsCopied = await Task.Run(() => database.BetweenWritesAsync(s => EmptyAsync(s, "restart"), ct), ct) };
        }
        _seen = log.IsCopied ? written : default;
        return log.IsCopied || log.Bytes < BeginAgainFrom;
    }

    Log Copy()
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database.SqliteFile, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "pragma wal_checkpoint(passive)";
        using var answer = command.ExecuteReader();
        // Whether somebody else is at it, pages in the log, pages copied; both -1 where they are not known.
        return answer.Read() && answer.GetInt64(1) is >= 0 and var pages ? new(pages * PageBytes, answer.GetInt64(2) == pages) : default;
    }

    /// <summary>SQLite's default, with the log's head for each page.</summary>
    const int PageBytes = 4096 + 24;

    /// <summary>On the connection that writes: done by another, it looks to it as if somebody else had written, and it would forget every page that it knows.</summary>
    /// <param name="mode"><c>restart</c> keeps the file as long as it is, <c>truncate</c> cuts it.</param>
    /// <returns>False when a reader stood in the way.</returns>
    public static async Task<bool> EmptyAsync(Session session, string mode)
    {
        await session.ScalarAsync<long>($"pragma busy_timeout = {WaitForReadersMilliseconds}");
        var isBusy = await session.ScalarAsync<long>($"pragma wal_checkpoint({mode})");
        await session.ScalarAsync<long>("pragma busy_timeout = 0");
        return isBusy == 0;
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
