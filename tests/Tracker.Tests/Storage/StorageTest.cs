using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Storage;

/// <summary>An empty database on either engine.</summary>
public abstract class StorageTest : IAsyncLifetime
{
    Engine _engine = null!;

    protected Database Database { get; set; } = null!;

    protected abstract Task<Engine> EngineAsync();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await EngineAsync();
        Database = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await Database.DisposeAsync();
            await _engine.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    protected Database Open() => new(_engine.ConnectionString, _engine.DataFolder);

    protected Task MigrateAsync() => Migrations.RunAsync(Database, TimeProvider.System, Ct);

    protected Task<long> CountAsync(string table) => Database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {table}"), Ct)!;
}
