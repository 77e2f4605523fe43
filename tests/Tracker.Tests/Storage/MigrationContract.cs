using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>From nothing to today's schema, by whoever comes first, and never from tomorrow's back.</summary>
public abstract class MigrationContract : StorageTest
{
    [Fact]
    public async Task An_empty_database_is_migrated_once_however_often_it_is_asked()
    {
        Assert.Equal(0, await Migrations.VersionAsync(Database, Ct));
        Assert.False(Database.IsReady);
        await MigrateAsync();
        Assert.True(Database.IsReady);
        var (version, steps) = (await Migrations.VersionAsync(Database, Ct), await CountAsync("schema_versions"));
        Assert.True(version >= 1);
        await MigrateAsync();
        Assert.Equal((version, steps), (await Migrations.VersionAsync(Database, Ct), await CountAsync("schema_versions")));
    }

    [Fact]
    public async Task Five_that_migrate_at_once_all_find_it_migrated()
    {
        var databases = Enumerable.Range(0, 5).Select(_ => Open()).ToList();
        using var start = new SemaphoreSlim(0);
        var runs = databases.Select(d => Task.Run(async () =>
        {
            await start.WaitAsync(Ct);
            await Migrations.RunAsync(d, TimeProvider.System, Ct);
        }, Ct)).ToList();
        start.Release(databases.Count);
        await Task.WhenAll(runs);
        Assert.All(databases, d => Assert.True(d.IsReady));
        Assert.Equal(await Migrations.VersionAsync(Database, Ct), await CountAsync("schema_versions"));
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task ADatabase_from_a_newer_version_is_refused_and_untouched()
    {
        await MigrateAsync();
        await Database.WriteAsync(s => s.ExecuteAsync("insert into schema_versions (version, name, applied_at_ms) values (9999, 'future', 1)"), Ct);
        await Database.WriteAsync(s => s.ExecuteAsync("insert into settings_seen (name, value) values ('a', 'b')"), Ct);
        var (file, log) = (Database.SqliteFile, Database.SqliteFile + "-wal");
        await Database.DisposeAsync();
        var before = file is null ? [] : await File.ReadAllBytesAsync(file, Ct);

        Database = Open();
        var refused = await Assert.ThrowsAsync<NewerDatabaseException>(MigrateAsync);
        Assert.Contains("9999", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", refused.Message, StringComparison.Ordinal);
        Assert.False(Database.IsReady);
        Assert.Equal((9999, 1), (await Migrations.VersionAsync(Database, Ct), await CountAsync("settings_seen")));
        await Database.DisposeAsync();
        if (file is not null)
        {
            Assert.Equal(before, await File.ReadAllBytesAsync(file, Ct));
            Assert.False(File.Exists(log) && new FileInfo(log).Length > 0);
        }
        Database = Open();
    }
}

public sealed class MigrationOnSqlite : MigrationContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class MigrationOnPostgres : MigrationContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
