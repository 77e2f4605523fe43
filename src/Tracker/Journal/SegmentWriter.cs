using Microsoft.Win32.SafeHandles;
using Tracker.Storage;

namespace Tracker.Journal;

/// <summary>
/// The open end of the journal; used by the writer thread alone. After any failure it is closed for good. The file is filled with zeros ahead of what is written: a sync that
/// finds its length and blocks unchanged writes the data and nothing of the file system's own log.
/// </summary>
sealed class SegmentWriter : IDisposable
{
    /// <summary>1 MiB: some five thousand hits to one sync that lengthens the file, and little to write for a single one.</summary>
    const int Ahead = 1 << 20;

    /// <summary>64 MiB: where less is free, nothing is taken ahead of need.</summary>
    const long LeastFree = 64 << 20;

    static readonly byte[] Zeros = new byte[Ahead];

    readonly SafeFileHandle _file;
    readonly Action<SafeFileHandle> _sync;
    readonly long _most; // Nothing is filled behind this; a last batch may reach beyond.
    long _filled;

    SegmentWriter(Segment segment, SafeFileHandle file, long most, Action<SafeFileHandle> sync) => (Segment, _file, _most, _sync) = (segment, file, most, sync);

    public Segment Segment { get; }

    /// <param name="before">Where the segment before ends.</param>
    /// <exception cref="IOException">The file cannot be made durable; nothing of it is left if that is possible.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static SegmentWriter Create(string folder, long firstId, SegmentEnd before, long most, Action<SafeFileHandle> sync)
    {
        var path = Segment.PathOf(folder, firstId);
        // A file of this name is what a failed attempt left. Deleted, not reused: a file whose sync failed once may claim success the next time.
        File.Delete(path);
        var segment = new Segment(path, firstId, length: 0);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var writer = new SegmentWriter(segment, file, most, sync);
        try
        {
            writer.WriteAndSync(SegmentHeader.Make(firstId, before));
            DirectorySync.Flush(folder);
            return writer;
        }
        catch
        {
            writer.Abandon();
            throw;
        }
    }

    /// <summary>Writes and syncs. Readers see the batch only after the sync.</summary>
    public void Write(Batch batch)
    {
        WriteAndSync(batch.Bytes);
        Segment.LastId = batch.LastId;
    }

    /// <summary>Gives the file up, cut back to what is durable: the rest was never acknowledged. Does what it can, because the disk is in trouble.</summary>
    public void Abandon()
    {
        try
        {
            if (Segment.LastId == 0)
            {
                File.Delete(Segment.Path);
            }
            else
            {
                RandomAccess.SetLength(_file, Segment.Length);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start cuts or skips what could not be cut now, and drops ids that come twice.
        }
        Dispose();
    }

    /// <summary>Closes a whole segment. What was filled ahead is cut off; a crash before the disk knows leaves zeros, which readers pass over.</summary>
    public void Seal()
    {
        try
        {
            RandomAccess.SetLength(_file, Segment.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Zeros then, as after a crash.
        }
        Dispose();
    }

    public void Dispose() => _file.Dispose();

    void WriteAndSync(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Segment.Length);
        Fill(Segment.Length + bytes.Length);
        _sync(_file);
        Segment.Length += bytes.Length;
    }

    void Fill(long end)
    {
        var ahead = (int)Math.Min(Ahead, _most - end);
        if (end <= _filled || ahead <= 0 || new DriveInfo(Path.GetDirectoryName(Segment.Path)!).AvailableFreeSpace < LeastFree)
        {
            return;
        }
        try
        {
            RandomAccess.Write(_file, Zeros.AsSpan(0, ahead), end);
            _filled = end + ahead;
        }
        catch (IOException)
        {
            // The disk is nearly full: then without, and nothing is kept from others.
            RandomAccess.SetLength(_file, end);
        }
    }
}
