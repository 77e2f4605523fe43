using Microsoft.Data.Sqlite;
using Tracker.Journal;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Backups;

/// <summary>Takes a backup beside a running server.</summary>
public static class Backup
{
    /// <summary>
    /// The journal first, the database second: a hit leaves the journal only when the database has it, so what was acknowledged before this began is in
    /// one of the two. Read back and checked before it gets its name.
    /// </summary>
    /// <exception cref="IOException">It cannot be written, or PostgreSQL's tools are missing or failed.</exception>
    /// <exception cref="InvalidDataException">What was read back is damaged, so the database itself may be.</exception>
    public static async Task<BackupContent> TakeAsync(TrackerSettings settings, Database database, string file, bool withKeys, TimeProvider time, CancellationToken ct)
    {
        using var work = new WorkFolder(file);
        using var writer = new BackupWriter(file);
        JournalFiles.Copy(settings.JournalFolder, (name, content) => writer.Add(BackupManifest.Journal + name, content));
        AddIfThere(writer, BackupManifest.LinkRules, settings.SwitchFile);
        if (withKeys)
        {
            writer.AddFile(BackupManifest.KeyRing, settings.KeyRingFile);
        }
        var copy = Path.Combine(work.Path, "database");
        if (database.SqliteFile is not null)
        {
            await CopySqliteAsync(database.SqliteFile, copy, ct);
            writer.AddFile(BackupManifest.SqliteDatabase, copy);
        }
        else
        {
            await Task.Run(() => PostgresTools.Dump(settings.ConnectionString, copy), ct);
            writer.AddFile(BackupManifest.PostgresDump, copy);
        }
        File.Delete(copy);
        var keys = File.Exists(settings.KeyRingFile) ? KeyRingFile.Read(settings.KeyRingFile, time.GetUtcNow()).Keys.Select(k => k.Fingerprint).ToList() : [];
        writer.Finish(new(
            BackupManifest.CurrentFormat, time.GetUtcNow(), database.Dialect.Name, settings.Node, await Migrations.VersionAsync(database, ct), withKeys, keys, writer.Entries));
        var content = Verify(writer.Partial, work.Path);
        writer.Publish();
        return content;
    }

    /// <summary>Reads a backup as a restore would, and looks into what it holds. Nothing is changed.</summary>
    /// <exception cref="InvalidDataException">It is no whole, undamaged backup.</exception>
    public static BackupContent Verify(string file)
    {
        using var work = new WorkFolder(Path.Combine(Path.GetTempPath(), Path.GetFileName(file)));
        return Verify(file, work.Path);
    }

    static BackupContent Verify(string file, string folder)
    {
        using var reader = new BackupReader(file);
        reader.Extract(folder);
        return reader.Check(folder);
    }

    // One reading transaction over the whole file: writers go on, and what they commit meanwhile is not in the copy.
    static Task CopySqliteAsync(string from, string to, CancellationToken ct) => Task.Run(() =>
    {
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ConnectionString);
        source.Open();
        target.Open();
        Run(source, "pragma busy_timeout = 30000"); // Milliseconds; the copy itself waits for nobody else's sake.
        source.BackupDatabase(target);
        Run(target, "pragma journal_mode = delete"); // One file, complete in itself.
    }, ct);

    static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }

    static void AddIfThere(BackupWriter writer, string name, string path)
    {
        if (File.Exists(path))
        {
            writer.AddFile(name, path);
        }
    }
}
