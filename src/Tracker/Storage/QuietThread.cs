using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tracker.Storage;

/// <summary>
/// Runs asynchronous work on a thread of its own that takes what processor time the others leave. Work on the whole database, or that fills it, would otherwise
/// compete with the requests that bring it more: they cannot wait, and it can.
/// </summary>
sealed class QuietThread : SynchronizationContext
{
    /// <summary>
    /// Niceness, 0 to 19. With 10 a thread gets about a tenth of what each busy other one gets: it always gets on. One for all such work: a thread that gets still less may be
    /// stopped while it holds a lock that the others need.
    /// </summary>
    const int Niceness = 10;

    readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    QuietThread()
    {
    }

    /// <returns>Ends as the work does.</returns>
    public static Task RunAsync(string name, Func<Task> work)
    {
        var result = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => result.SetResult(new QuietThread().Run(work))) { Name = name, IsBackground = true }.Start();
        return result.Task.Unwrap();
    }

    /// <returns>What the work returns.</returns>
    public static async Task<T> GetAsync<T>(string name, Func<Task<T>> work)
    {
        T? result = default;
        // What follows does not go back to the caller's thread, which may have ended by then.
        await RunAsync(name, async () => result = await work()).ConfigureAwait(false);
        return result!;
    }

    /// <summary>Fewer things than this are done by the caller alone: a thread costs a tenth of a millisecond, and while requests come by the thousand their processor is not taken too.</summary>
    public const int WorthTwo = 1000;

    /// <summary>Two threads for many things, where there are two processors.</summary>
    public static bool IsWorthTwo(int things) => things >= WorthTwo && Environment.ProcessorCount > 1;

    /// <summary>Does something with each of many things, half of them on a thread beside the caller's.</summary>
    public static async Task EachAsync<T>(IReadOnlyList<T> things, Action<T> work)
    {
        var half = IsWorthTwo(things.Count) ? things.Count / 2 : 0;
        var beside = half == 0 ? Task.CompletedTask : RunAsync("beside", () =>
        {
            Run(0, half);
            return Task.CompletedTask;
        });
        try
        {
            Run(half, things.Count);
        }
        finally
        {
            await beside;
        }

        void Run(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                work(things[i]);
            }
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    public override SynchronizationContext CreateCopy() => this;

    Task Run(Func<Task> work)
    {
        SetSynchronizationContext(this);
        GiveWay();
        var task = Begin(work);
        task.ContinueWith(_ => _posted.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        foreach (var (callback, state) in _posted.GetConsumingEnumerable())
        {
            callback(state);
        }
        return task;
    }

    /// <summary>What fails before its first wait fails the task too, and not the process.</summary>
    static Task Begin(Func<Task> work)
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    /// <summary>The base library's thread priorities do nothing on Linux, where each thread has a niceness. Elsewhere they do.</summary>
    static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            // A refusal (a container may forbid it) costs speed only.
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        }
    }

    // setpriority(2): PRIO_PROCESS (0) and who 0 are, on Linux, the calling thread.
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetPriority(int which, uint who, int niceness);
}
