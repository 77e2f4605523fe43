namespace Tracker.Benchmarks;

sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tracker-benchmark-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
