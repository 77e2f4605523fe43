namespace Tracker.Storage;

/// <summary>One server per data folder: two would write the same journal. The lock is the operating system's, so it is gone with the process, however it ends.</summary>
public static class DataFolderLock
{
    /// <exception cref="IOException">Another server has it.</exception>
    public static IDisposable Take(string folder)
    {
        var file = Path.Combine(folder, "serve.lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(file))
        {
            throw new IOException($"Another tracker is serving the data folder {folder}. Stop it, or give this one another folder: --Tracker:DataFolder=FOLDER.", e);
        }
    }
}
