using Npgsql;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

public sealed class UpgradeKilledOnSqlite : UpgradeKilled
{
    protected override int[] Versions => Chosen ?? (Rounds.Long ? OldDatabase.Earlier : [1, 8]);

    protected override int Hits => Rounds.Of(50_000, 1_000_000);

    protected override Task<string> EmptyAsync()
    {
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
        Directory.CreateDirectory(Data);
        return Task.FromResult("");
    }

    /// <summary>By how much the upgrade has written: at most about what is there.</summary>
    protected override Func<Task<bool>> Moment()
    {
        var (file, log) = (new FileInfo(Path.Combine(Data, "tracker.db")), Path.Combine(Data, "tracker.db-wal"));
        var least = Random.Shared.NextInt64(1, file.Length);
        return () => Task.FromResult(new FileInfo(log) is { Exists: true } now && now.Length >= least);
    }
}

public sealed class UpgradeKilledOnPostgres : UpgradeKilled, IAsyncDisposable
{
    Engine? _engine;

    protected override int[] Versions => Chosen ?? (Rounds.Long ? OldDatabase.Earlier : [1]);

    protected override int Hits => Rounds.Of(20_000, 100_000);

    protected override async Task<string> EmptyAsync()
    {
        await DisposeAsync();
        _engine = await Engine.PostgresAsync();
        Directory.CreateDirectory(Data);
        return _engine.ConnectionString;
    }

    /// <summary>Some looks after the server's first statement.</summary>
    protected override Func<Task<bool>> Moment()
    {
        var looks = Random.Shared.Next(1, 20);
        var name = new NpgsqlConnectionStringBuilder(_engine!.ConnectionString).Database;
        return async () =>
        {
            await using var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("TRACKER_TEST_POSTGRES")!);
            await using var command = source.CreateCommand($"select count(*) from pg_stat_activity where datname = '{name}'");
            return (long)(await command.ExecuteScalarAsync(Ct))! > 0 && --looks <= 0;
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
