using Microsoft.Data.Sqlite;

namespace Tracker.Storage;

/// <summary>The file of a SQLite database, and whether it is still the one that was opened.</summary>
sealed class DatabaseFile(string dataFolder)
{
    ulong _identity; // 0: not known yet.

    public string Path { get; } = System.IO.Path.Combine(dataFolder, "tracker.db");

    /// <summary>The write-ahead log as a file; nothing where there is none or it may not be looked at.</summary>
    public (long Bytes, DateTime WrittenAt) Wal => new FileInfo(Path + "-wal") is { Exists: true } wal ? (wal.Length, wal.LastWriteTimeUtc) : default;

    /// <summary>It was there with the schema that this program needs.</summary>
    public bool IsKnown => _identity != 0;

    public string ConnectionString(SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = Path,
        Mode = mode,
        ForeignKeys = true,
        // Seconds to wait for another process's write, such as a command beside the server.
        DefaultTimeout = 30,
    }.ConnectionString;

    /// <summary>From now on another file in its place is noticed.</summary>
    public void Remember() => _identity = FileIdentity.Of(Path);

    /// <summary>A deleted file goes on taking commits until its last user closes it, and all of them are gone then: hits would leave the journal for nowhere.</summary>
    /// <exception cref="MissingDatabaseException">It is not the file that was remembered.</exception>
    public void ThrowIfMoved()
    {
        if (IsKnown && FileIdentity.Of(Path) != _identity)
        {
            throw new MissingDatabaseException(
                $"The database file {Path} was deleted or replaced while the server uses it. Put it back, with its -wal file, or stop the server and restore a backup. Hits are kept in the journal.");
        }
    }

    /// <summary>Refuses to make a new database where one has been: hits in the journal belong to the old one, and would be dropped as unknown.</summary>
    /// <exception cref="MissingDatabaseException">The data folder has had a database, and it is not there.</exception>
    public void ThrowIfGone()
    {
        if (!File.Exists(Path))
        {
            ThrowIfUsedBefore("is gone");
        }
    }

    /// <summary>The same for a file without a schema: SQLite takes one that was cut to less than a page for a new one.</summary>
    /// <exception cref="MissingDatabaseException">The data folder has had a database, and nothing of it is there.</exception>
    public void ThrowIfEmptied() => ThrowIfUsedBefore("is empty");

    void ThrowIfUsedBefore(string what)
    {
        var folderId = Belonging.FolderIdFile(dataFolder);
        if (File.Exists(folderId))
        {
            throw new MissingDatabaseException(
                $"The database file {Path} {what}. Put it back, or restore a backup: tracker restore FILE. Only to begin with an empty database, delete {folderId}; hits of mail that is out are then dropped.");
        }
    }
}
