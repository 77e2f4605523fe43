using System.Globalization;

namespace Tracker.Journal;

/// <summary>One file of the journal. The writer thread moves its end, everybody may look.</summary>
/// <param name="length">Durable bytes from the file's start; 0 until the header is on disk.</param>
sealed class Segment(string path, long firstId, long length)
{
    public const string Extension = ".journal";

    long _length = length;
    long _lastId;

    public string Path => path;

    /// <summary>No record in it has a lower id, and none in the segments before it a higher or equal one.</summary>
    public long FirstId => firstId;

    /// <summary>Durable bytes. What lies behind is no record yet, or never will be.</summary>
    public long Length { get => Volatile.Read(ref _length); set => Volatile.Write(ref _length, value); }

    /// <summary>Id of the last durable record; 0 when there is none or it is not known.</summary>
    public long LastId { get => Volatile.Read(ref _lastId); set => Volatile.Write(ref _lastId, value); }

    public static string PathOf(string folder, long firstId) =>
        System.IO.Path.Combine(folder, firstId.ToString("D16", CultureInfo.InvariantCulture) + Extension);

    /// <summary>Does what is good to have done and not needed.</summary>
    public void Tidy(Action<Segment> action, ILogger log)
    {
        try
        {
            action(this);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.NotTidied(path, e);
        }
    }

    /// <returns>Null for a file that is not the journal's.</returns>
    public static Segment? Of(FileInfo file) =>
        long.TryParse(System.IO.Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var firstId)
            ? new(file.FullName, firstId, file.Length)
            : null;
}
