using System.Diagnostics;

namespace Tracker.Tests.Journal;

/// <summary>
/// A disk that can be filled. As root a tmpfs, of 1 MiB unless asked for more; without the right to mount, the folder is taken away and a file put in its place, which
/// stops new segments just as a full disk does.
/// </summary>
sealed class SmallDisk : IDisposable
{
    readonly string _folder;
    readonly bool _isMounted;

    SmallDisk(string folder, string size)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        _isMounted = Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);
    }

    string Ballast => Path.Combine(_folder, "ballast");

    string Aside => _folder + ".aside";

    public static SmallDisk Over(string folder, string size = "1m") => new(folder, size);

    public void Fill()
    {
        if (!_isMounted)
        {
            Directory.Move(_folder, Aside);
            File.WriteAllText(_folder, "in the way");
            return;
        }
        try
        {
            using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free()
    {
        if (_isMounted)
        {
            File.Delete(Ballast);
            return;
        }
        File.Delete(_folder);
        Directory.Move(Aside, _folder);
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", "--lazy", _folder);
        }
    }

    static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
