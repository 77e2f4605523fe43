using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Tracker.Journal;

namespace Tracker.Backups;

/// <param name="Hits">In the database, where that can be looked into (SQLite).</param>
/// <param name="Waiting">Only in the journal.</param>
public sealed record BackupContent(BackupManifest Manifest, long? Hits, long Waiting);

/// <summary>A finished backup, read and checked.</summary>
sealed class BackupReader : IDisposable
{
    readonly string _file;
    readonly ZipArchive _archive;

    /// <exception cref="InvalidDataException">It is no backup, or not a whole one.</exception>
    public BackupReader(string file)
    {
        _file = file;
        try
        {
            _archive = ZipFile.OpenRead(file);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{file} is no backup of Tracker, or is cut off. ({e.Message})", e);
        }
        using var manifest = (_archive.GetEntry(BackupManifest.Name) ?? throw new InvalidDataException($"{file} is no backup of Tracker: it has no {BackupManifest.Name}.")).Open();
        Manifest = BackupManifest.Read(manifest);
    }

    public BackupManifest Manifest { get; }

    /// <summary>Writes everything into a folder, comparing lengths and hashes, and bringing each file to disk.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or is not what was written.</exception>
    public void Extract(string folder)
    {
        foreach (var expected in Manifest.Entries)
        {
            var path = Path.GetFullPath(Path.Combine(folder, expected.Name));
            if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{_file} names '{expected.Name}', which lies outside of a data folder.");
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Extract(expected, path);
        }
    }

    void Extract(BackupEntry expected, string path)
    {
        try
        {
            using var content = (_archive.GetEntry(expected.Name) ?? throw new InvalidDataException("it is missing")).Open();
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using var file = new FileStream(path, options);
            content.CopyTo(file);
            file.Flush(flushToDisk: true);
            file.Position = 0;
            if (file.Length != expected.Length || Convert.ToHexStringLower(SHA256.HashData(file)) != expected.Sha256)
            {
                throw new InvalidDataException("it is not what was written");
            }
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_file} is damaged at {expected.Name}: {e.Message}. Use another backup.", e);
        }
    }

    /// <summary>Looks into what was extracted: the database's own check, and every record of the journal.</summary>
    /// <exception cref="InvalidDataException">The database or the journal is damaged.</exception>
    public BackupContent Check(string folder)
    {
        var (hits, checkpoint) = Manifest.Engine == Storage.Dialect.Sqlite.Name ? CheckSqlite(Path.Combine(folder, BackupManifest.SqliteDatabase)) : CheckDump(folder);
        var journal = JournalFiles.Look(Path.Combine(folder, "journal"), checkpoint);
        return journal.Damaged == 0
            ? new(Manifest, hits, journal.Records)
            : throw new InvalidDataException($"{_file}: the journal in it has {journal.Damaged} damaged places.");
    }

    (long? Hits, long Checkpoint) CheckSqlite(string path)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        try
        {
            if (Scalar(connection, "pragma integrity_check(1)") is var found && found is not "ok")
            {
                throw new InvalidDataException($"{_file}: the database in it is damaged ({found}). Use another backup.");
            }
            using var checkpoint = connection.CreateCommand();
            checkpoint.CommandText = "select coalesce(max(hit_id), 0) from checkpoints where node = @node";
            checkpoint.Parameters.AddWithValue("@node", Manifest.Node);
            return ((long)Scalar(connection, "select count(*) from hits")!, (long)checkpoint.ExecuteScalar()!);
        }
        catch (SqliteException e)
        {
            throw new InvalidDataException($"{_file}: the database in it is damaged ({e.Message}). Use another backup.", e);
        }
    }

    static (long? Hits, long Checkpoint) CheckDump(string folder)
    {
        PostgresTools.Check(Path.Combine(folder, BackupManifest.PostgresDump));
        return (null, 0);
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => _archive.Dispose();
}
