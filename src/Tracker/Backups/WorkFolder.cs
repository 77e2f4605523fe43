using System.Security.Cryptography;

namespace Tracker.Backups;

/// <summary>A private folder beside a file, for what is being put together; gone when done.</summary>
sealed class WorkFolder : IDisposable
{
    public WorkFolder(string beside)
    {
        Path = System.IO.Path.GetFullPath(beside) + ".work-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        Storage.PrivateFolder.Create(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
