using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tracker.Journal;

/// <summary>
/// Makes a file's data durable, and of the file itself what is needed to find it again. The base library's flush also writes that the file was changed a moment ago, for
/// which the file system commits its log each time.
/// </summary>
static class DataSync
{
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }
        while (FDataSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    const int Interrupted = 4;

    // fdatasync(2). Found as the process sees it and not in one library, so that what is loaded in front of that (power cuts are tried out that way) stands in front here too.
    [DllImport(Process, EntryPoint = "fdatasync", SetLastError = true)]
    static extern int FDataSync(SafeFileHandle file);

    const string Process = "process";

    static DataSync() => NativeLibrary.SetDllImportResolver(typeof(DataSync).Assembly, static (name, _, _) => name == Process ? NativeLibrary.GetMainProgramHandle() : IntPtr.Zero);
}
