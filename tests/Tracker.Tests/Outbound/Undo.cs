namespace Tracker.Tests.Outbound;

/// <summary>Walks original and copy side by side, without any knowledge of HTML.</summary>
static class Undo
{
    /// <summary>Fails unless the copy is the original with the queued addresses in place of attribute values, in order, and one pixel more.</summary>
    public static void AssertEditsOnly(string original, string copy, Queue<string> tracked, string? openUrl, string name)
    {
        var (was, now) = (0, 0);
        while (now < copy.Length)
        {
            if (tracked.TryPeek(out var url) && copy.AsSpan(now).StartsWith(url))
            {
                now += tracked.Dequeue().Length;
                // The old value ends where the same quotation mark, blank or bracket stands that ends the new one.
                was = original.IndexOf(copy[now], was);
                continue;
            }
            if (openUrl is not null && copy.AsSpan(now).StartsWith("<img") && copy[now..copy.IndexOf('>', now)].Contains(openUrl, StringComparison.Ordinal))
            {
                now = copy.IndexOf('>', now) + 1;
                continue;
            }
            Assert.True(was < original.Length && original[was] == copy[now], $"{name} differs at {was}: {copy[now..Math.Min(copy.Length, now + 80)]}");
            (was, now) = (was + 1, now + 1);
        }
        Assert.True(was == original.Length, $"{name} lost its end");
    }
}
