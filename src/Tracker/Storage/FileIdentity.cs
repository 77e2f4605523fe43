using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tracker.Storage;

/// <summary>Tells a file from another under the same name; the base library has no way to.</summary>
static class FileIdentity
{
    // The layout of statx is the same on every architecture (linux/stat.h): the inode's number stands at byte 32.
    const int CurrentFolder = -100, InodeWanted = 0x100, InodeAt = 32, Length = 256;

    /// <returns>0 when there is no such file; on systems other than Linux 1 when there is one, so that only deleting it is noticed.</returns>
    public static ulong Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? 1u : 0;
        }
        var found = new byte[Length];
        return StatX(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, InodeWanted, found) == 0 ? BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(InodeAt)) : 0;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] into);
}
