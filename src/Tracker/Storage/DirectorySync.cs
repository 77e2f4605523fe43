using System.Runtime.InteropServices;
using System.Text;

namespace Tracker.Storage;

/// <summary>Makes the creation and deletion of files durable; the base library cannot open a folder.</summary>
static class DirectorySync
{
    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals its folders itself.
        }
        var handle = Open(Encoding.UTF8.GetBytes(folder + '\0'), flags: 0);
        if (handle < 0)
        {
            throw Failure(folder);
        }
        try
        {
            if (FSync(handle) != 0)
            {
                throw Failure(folder);
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    static IOException Failure(string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{Marshal.GetPInvokeErrorMessage(error)} : '{folder}'", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int FSync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Close(int handle);
}
