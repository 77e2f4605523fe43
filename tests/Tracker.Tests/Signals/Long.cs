namespace Tracker.Tests.Signals;

/// <summary>Some figures need many thousand runs: <c>TRACKER_LONG=1</c> asks for them, the normal run takes a sample.</summary>
static class Long
{
    public static bool Run => Environment.GetEnvironmentVariable("TRACKER_LONG") == "1";
}
