namespace Tracker.Tests.Outbound.Filter;

/// <summary>Postfix's log, watched: every mail that leaves the queue is told there.</summary>
sealed class QueueLog : IDisposable
{
    /// <summary>Some things end without a word in the log, and trying again what was put off takes a second in Postfix as well.</summary>
    static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(1);

    readonly string _path;
    readonly FileSystemWatcher _watcher;
    readonly SemaphoreSlim _grown = new(0, 1);
    long _read;

    public QueueLog(string path)
    {
        (_path, _read) = (path, File.Exists(path) ? new FileInfo(path).Length : 0);
        _watcher = new(Path.GetDirectoryName(path)!, Path.GetFileName(path)) { NotifyFilter = NotifyFilters.Size | NotifyFilters.FileName };
        _watcher.Changed += (_, _) => Tell();
        _watcher.Created += (_, _) => Tell();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Waits until so many mails more have left the queue, counted from the call before, the first time from the beginning of the watch; a second at most.</summary>
    public async Task LeftAsync(int mails)
    {
        var left = Removed();
        using var limit = new CancellationTokenSource(LookAnyway);
        try
        {
            while (left < mails)
            {
                await _grown.WaitAsync(limit.Token);
                left += Removed();
            }
        }
        catch (OperationCanceledException)
        {
            // Time to look at the queue itself.
        }
    }

    void Tell()
    {
        lock (_grown)
        {
            if (_grown.CurrentCount == 0)
            {
                _grown.Release();
            }
        }
    }

    /// <summary>Counted in whole lines that came since the last look.</summary>
    int Removed()
    {
        if (!File.Exists(_path))
        {
            return 0;
        }
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = _read;
        var grown = new byte[file.Length - _read];
        file.ReadExactly(grown);
        var whole = grown.AsSpan(0, grown.AsSpan().LastIndexOf((byte)'\n') + 1);
        _read += whole.Length;
        return System.MemoryExtensions.Count(whole, ": removed\n"u8);
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _grown.Dispose();
    }
}
