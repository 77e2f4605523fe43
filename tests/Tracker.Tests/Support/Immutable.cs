using System.Diagnostics;

namespace Tracker.Tests.Support;

/// <summary>Files and folders that nobody may write, not even root, and not through what is open already.</summary>
static class Immutable
{
    public static async Task SetAsync(bool isImmutable, params IEnumerable<string> paths)
    {
        using var chattr = Process.Start("chattr", [isImmutable ? "+i" : "-i", .. paths.Where(Path.Exists)]);
        await chattr.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(chattr.ExitCode != 0, "chattr +i needs root and a file system that knows it");
    }
}
