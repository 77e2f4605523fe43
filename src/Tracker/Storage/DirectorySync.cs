using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

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
        using var handle = new SafeFileHandle(Open(Encoding.UTF8.GetBytes(folder + '\0'), flags: 0), ownsHandle: true);
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{folder}'", error);
        }
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Open(byte[] path, int flags);
}
