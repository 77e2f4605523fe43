using System.Globalization;
using Tracker.Journal;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Backups;

/// <summary>Puts a backup back into a data folder that no server is using.</summary>
public static class Restore
{
    /// <summary>While it stands in a data folder, the folder holds half a restore, and no server starts on it.</summary>
    public const string Unfinished = "restore.unfinished";

    static readonly string[] DatabaseFiles = ["tracker.db", "tracker.db-wal", "tracker.db-shm", "tracker.db-journal"];

    /// <param name="replace">What is there is moved aside, into a folder beside it, instead of being refused.</param>
    /// <returns>What the backup held, and where the old data went, if there was any.</returns>
    /// <exception cref="IOException">A server is running, or the disk failed.</exception>
    /// <exception cref="InvalidDataException">The backup is damaged, or does not fit this data folder.</exception>
    public static async Task<(BackupContent Content, string? Aside)> RunAsync(TrackerSettings settings, string file, bool replace, bool withoutKeys, TimeProvider time, CancellationToken ct)
    {
        using var serving = DataFolderLock.Take(settings.DataFolder);
        using var work = new WorkFolder(Path.Combine(settings.DataFolder, "restore"));
        using var reader = new BackupReader(file);
        reader.Extract(work.Path);
        var content = reader.Check(work.Path);
        await CheckFitAsync(settings, content.Manifest, work.Path, replace, withoutKeys, time, ct);

        // From here on the folder is neither the old nor the new until the end is reached.
        var mark = Path.Combine(settings.DataFolder, Unfinished);
        SecretFile.Write(mark, System.Text.Encoding.UTF8.GetBytes($"tracker restore {Path.GetFullPath(file)} --replace\n"));
        var aside = MoveAside(settings, content.Manifest, time);
        if (content.Manifest.Engine == Dialect.Postgres.Name)
        {
            await Task.Run(() => PostgresTools.Restore(settings.ConnectionString, Path.Combine(work.Path, BackupManifest.PostgresDump), replace), ct);
            File.Delete(Path.Combine(work.Path, BackupManifest.PostgresDump));
        }
        MoveIn(work.Path, settings.DataFolder);
        File.Delete(mark);
        DirectorySync.Flush(settings.DataFolder);
        return (content, aside);
    }

    static async Task CheckFitAsync(TrackerSettings settings, BackupManifest manifest, string folder, bool replace, bool withoutKeys, TimeProvider time, CancellationToken ct)
    {
        await using var database = new Database(settings.ConnectionString, settings.DataFolder);
        if (manifest.Engine != database.Dialect.Name)
        {
            throw new InvalidDataException($"The backup is of a {manifest.Engine} database, and these settings are for {database.Dialect.Name}. Set ConnectionStrings:Tracker accordingly.");
        }
        if (manifest.Node != settings.Node)
        {
            throw new InvalidDataException($"The backup is of node {manifest.Node}, and Tracker:Node is {settings.Node}: its hits would not be read. Restore it with --Tracker:Node={manifest.Node}.");
        }
        if (!replace && (JournalFiles.Look(settings.JournalFolder).Records > 0 || await HasDataAsync(database, settings, ct)))
        {
            throw new InvalidDataException($"There is data already ({settings.DataFolder} and its database). To put the backup in its place, add --replace; the files there are moved aside, the contents of a PostgreSQL database are overwritten.");
        }
        CheckKeys(settings, manifest, folder, withoutKeys, time);
    }

    static async Task<bool> HasDataAsync(Database database, TrackerSettings settings, CancellationToken ct) => database.SqliteFile is not null
        ? DatabaseFiles.Any(f => File.Exists(Path.Combine(settings.DataFolder, f)))
        : await Migrations.VersionAsync(database, ct) > 0;

    // Links that are out must work with the ring that will be there.
    static void CheckKeys(TrackerSettings settings, BackupManifest manifest, string folder, bool withoutKeys, TimeProvider time)
    {
        if (manifest.WithKeys || withoutKeys)
        {
            return;
        }
        var own = File.Exists(settings.KeyRingFile) ? KeyRingFile.Read(settings.KeyRingFile, time.GetUtcNow()).Keys.Select(k => k.Fingerprint).ToList() : [];
        if (manifest.Keys.Except(own).ToList() is { Count: > 0 } lacking)
        {
            throw new InvalidDataException(
                $"The backup holds no keys, and {settings.KeyRingFile} {(own.Count == 0 ? "is not there" : "lacks " + string.Join(", ", lacking))}: links that are out would not work. " +
                "Put the right keyring.json there first, use a backup made with --with-keys, or add --without-keys if the keys are lost for good.");
        }
    }

    static string? MoveAside(TrackerSettings settings, BackupManifest manifest, TimeProvider time)
    {
        var names = DatabaseFiles.Append("journal").Append(BackupManifest.LinkRules);
        if (manifest.WithKeys)
        {
            names = names.Append(BackupManifest.KeyRing);
        }
        var there = names.Where(n => Path.Exists(Path.Combine(settings.DataFolder, n))).ToList();
        if (there.Count == 0)
        {
            return null;
        }
        var aside = Path.Combine(settings.DataFolder, "before-restore-" + time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture));
        PrivateFolder.Create(aside);
        foreach (var name in there)
        {
            Directory.Move(Path.Combine(settings.DataFolder, name), Path.Combine(aside, name)); // Moves files too.
        }
        DirectorySync.Flush(aside);
        DirectorySync.Flush(settings.DataFolder);
        return aside;
    }

    static void MoveIn(string from, string to)
    {
        foreach (var path in Directory.GetFileSystemEntries(from))
        {
            if (Directory.Exists(path))
            {
                DirectorySync.Flush(path);
            }
            Directory.Move(path, Path.Combine(to, Path.GetFileName(path)));
        }
        DirectorySync.Flush(to);
    }
}
