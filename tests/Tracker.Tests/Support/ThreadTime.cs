using System.Runtime.InteropServices;

namespace Tracker.Tests.Support;

/// <summary>Processor time of the calling thread, so that a busy machine does not make a test fail.</summary>
static partial class ThreadTime
{
    const int ThreadClock = 3;

    public static TimeSpan Now
    {
        get
        {
            Assert.Equal(0, clock_gettime(ThreadClock, out var time));
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int clock_gettime(int clock, out Time time);
}
