namespace Tracker.Storage;

/// <summary>The data folder holds the signing keys and whom mail went to: what is made here is the owner's alone. One that is there keeps its mode.</summary>
public static class PrivateFolder
{
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
