namespace Tracker.Storage;

/// <summary>Small files in the data folder that only the owner may read, replaced as a whole or not at all.</summary>
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
}
