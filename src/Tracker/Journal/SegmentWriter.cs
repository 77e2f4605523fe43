using Microsoft.Win32.SafeHandles;
using Tracker.Storage;

namespace Tracker.Journal;

/// <summary>The open end of the journal; used by the writer thread alone. After any failure it is closed for good.</summary>
sealed class SegmentWriter : IDisposable
{
    readonly SafeFileHandle _file;
    readonly Action<SafeFileHandle> _sync;

    SegmentWriter(Segment segment, SafeFileHandle file, Action<SafeFileHandle> sync) => (Segment, _file, _sync) = (segment, file, sync);

    public Segment Segment { get; }

    /// <exception cref="IOException">The file cannot be made durable; nothing of it is left if that is possible.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static SegmentWriter Create(string folder, long firstId, Action<SafeFileHandle> sync)
    {
        var path = Segment.PathOf(folder, firstId);
        // A file of this name is what a failed attempt left. Deleted, not reused: a file whose sync failed once may claim success the next time.
        File.Delete(path);
        var segment = new Segment(path, firstId, length: 0);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var writer = new SegmentWriter(segment, file, sync);
        try
        {
            writer.WriteAndSync(RecordFormat.Header(firstId));
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

    public void Dispose() => _file.Dispose();

    void WriteAndSync(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, Segment.Length);
        _sync(_file);
        Segment.Length += bytes.Length;
    }
}
