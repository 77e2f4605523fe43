using System.Globalization;
using System.Reflection;

namespace Tracker.Storage;

/// <summary>The database was written by a newer Tracker. Nothing was changed.</summary>
public sealed class NewerDatabaseException(long found, long known) : Exception(
    $"The database has schema version {found}, but this Tracker knows only versions up to {known}. Nothing was changed. " +
    "Start the newer Tracker that wrote it, or restore a backup made before the upgrade. Until then 'tracker serve --redirect-only' answers pixels and links and keeps their hits.");

/// <summary>Numbered steps, forward only, each in a transaction of its own.</summary>
public static class Migrations
{
    const string Prefix = "migrations/";

    sealed record Step(long Version, string Name, string Sql);

    /// <summary>Brings the database to this program's schema. Safe to run from several processes at once.</summary>
    /// <exception cref="NewerDatabaseException">The database is from a newer version; it is left untouched.</exception>
    public static async Task RunAsync(Database database, TimeProvider time, CancellationToken ct)
    {
        await ApplyAsync(database, time, ct);
        database.MarkReady();
    }

    /// <summary>The same, for a caller who has more to check before the database counts as ready.</summary>
    /// <exception cref="NewerDatabaseException">The database is from a newer version; it is left untouched.</exception>
    public static async Task ApplyAsync(Database database, TimeProvider time, CancellationToken ct)
    {
        database.ThrowIfGone();
        var steps = Steps(database.Dialect);
        var version = await VersionAsync(database, ct);
        if (version == 0)
        {
            database.ThrowIfEmptied();
        }
        if (version > steps[^1].Version)
        {
            throw new NewerDatabaseException(version, steps[^1].Version);
        }
        if (version == steps[^1].Version)
        {
            return; // Without the writers' turn: a command beside a busy server need not wait for nothing.
        }
        if (database.Dialect == Dialect.Sqlite)
        {
            // Persistent, and impossible inside a transaction. Readers then never wait for the writer.
            await database.ReadAsync(s => s.ScalarAsync<string>("pragma journal_mode = wal"), ct);
        }
        foreach (var step in steps)
        {
            await database.WriteAsync(session => ApplyAsync(session, step, time), ct);
        }
    }

    /// <returns>0 for an empty database.</returns>
    public static Task<long> VersionAsync(Database database, CancellationToken ct) => database.ReadAsync(VersionAsync, ct);

    static async Task<long> VersionAsync(Session session) =>
        await session.ScalarAsync<long>(session.Dialect.TableExists, new { name = "schema_versions" }) == 0
            ? 0
            : await session.ScalarAsync<long>("select coalesce(max(version), 0) from schema_versions");

    static async Task ApplyAsync(Session session, Step step, TimeProvider time)
    {
        // Asked inside the transaction: another process may have been faster.
        if (await VersionAsync(session) >= step.Version)
        {
            return;
        }
        await session.ExecuteAsync("create table if not exists schema_versions (version bigint primary key, name text not null, applied_at_ms bigint not null)");
        await session.ExecuteAsync(step.Sql);
        await session.ExecuteAsync(
            "insert into schema_versions (version, name, applied_at_ms) values (@version, @name, @at)",
            new { version = step.Version, name = step.Name, at = time.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    // NNNN_name.sql for both engines, or a pair NNNN_name.sqlite.sql and NNNN_name.postgres.sql.
    static List<Step> Steps(Dialect dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. from resource in assembly.GetManifestResourceNames()
               where resource.StartsWith(Prefix, StringComparison.Ordinal)
               let parts = resource[Prefix.Length..].Split('.')
               where parts.Length == 2 || parts[1] == dialect.Name
               let version = long.Parse(parts[0].AsSpan(0, 4), CultureInfo.InvariantCulture)
               orderby version
               select new Step(version, parts[0][5..], Text(assembly, resource)),
        ];
    }

    static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
