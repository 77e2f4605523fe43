using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Tracker.Storage;

namespace Tracker.Backups;

/// <summary>
/// A backup file while it is being written: a ZIP archive beside the name it is to have. Only a whole one, on disk, gets the name; an earlier backup of that name stays until
/// then. Its owner's alone, since it holds who got which mail.
/// </summary>
sealed class BackupWriter : IDisposable
{
    readonly string _file;
    readonly string _partial;
    readonly FileStream _stream;
    readonly ZipArchive _archive;
    readonly List<BackupEntry> _entries = [];

    public BackupWriter(string file)
    {
        _file = Path.GetFullPath(file);
        _partial = _file + ".partial";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        _stream = new(_partial, options);
        _archive = new(_stream, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Where it lies until it is whole.</summary>
    public string Partial => _partial;

    public IReadOnlyList<BackupEntry> Entries => _entries;

    public void Add(string name, Stream content)
    {
        using var entry = _archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(1 << 17);
        long length = 0;
        for (int read; (read = content.Read(chunk)) > 0; length += read)
        {
            entry.Write(chunk, 0, read);
            hash.AppendData(chunk, 0, read);
        }
        ArrayPool<byte>.Shared.Return(chunk);
        _entries.Add(new(name, length, Convert.ToHexStringLower(hash.GetHashAndReset())));
    }

    public void AddFile(string name, string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Add(name, file);
    }

    /// <summary>Writes the manifest and brings everything to disk.</summary>
    public void Finish(BackupManifest manifest)
    {
        using (var entry = _archive.CreateEntry(BackupManifest.Name).Open())
        {
            entry.Write(manifest.ToBytes());
        }
        _archive.Dispose();
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }

    /// <summary>Gives it its name, durably.</summary>
    public void Publish()
    {
        File.Move(_partial, _file, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(_file)!);
    }

    public void Dispose()
    {
        if (_stream.CanWrite)
        {
            _archive.Dispose();
            _stream.Dispose();
        }
        File.Delete(_partial); // Gone already when it was published.
    }
}
