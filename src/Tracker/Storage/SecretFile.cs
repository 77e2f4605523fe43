namespace Tracker.Storage;

/// <summary>Small files in the data folder that only the owner may read, replaced as a whole or not at all, and on disk when the call returns.</summary>
public static class SecretFile
{
    public static void Write(string file, ReadOnlySpan<byte> content)
    {
        var temporary = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <returns>False when the disk does not take it now; the caller goes on with what it has in memory.</returns>
    public static bool TryWrite(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            Write(file, content);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Keeps others from reading and replacing the same file at the same time. The lock is the operating system's, so it is gone with its holder.</summary>
    /// <exception cref="IOException">Somebody has held it for ten seconds.</exception>
    public static async Task<IDisposable> LockAsync(string file, TimeProvider time, CancellationToken ct)
    {
        const int Attempts = 200;
        var pause = TimeSpan.FromMilliseconds(50);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < Attempts && File.Exists(file + ".lock"))
            {
                await Task.Delay(pause, time, ct);
            }
        }
    }
}
