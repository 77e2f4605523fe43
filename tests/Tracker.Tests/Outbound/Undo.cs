namespace Tracker.Tests.Outbound;

/// <summary>Walks original and copy side by side, without any knowledge of HTML.</summary>
static class Undo
{
    const string OptOut = " data-track=\"off\"";

    /// <summary>Fails unless the copy is the original with the queued addresses in place of attribute values, in order, opt-outs removed, and one pixel more.</summary>
    public static void AssertEditsOnly(string original, string copy, Queue<string> tracked, string? openUrl, string name)
    {
        var (was, now) = (0, 0);
        var used = new List<string>();
        while (now < copy.Length)
        {
            var next = tracked.TryPeek(out var url) && copy.AsSpan(now).StartsWith(url);
            if (next || (used.Count > 0 && copy.AsSpan(now).StartsWith(Post.PublicUrl + "/c/")))
            {
                // An Outlook-only comment may repeat a link that has been.
                var put = next ? tracked.Dequeue() : used.First(u => copy.AsSpan(now).StartsWith(u));
                used.Add(put);
                now += put.Length;
                // The old value ends where the same quotation mark, blank or bracket stands that ends the new one.
                was = original.IndexOf(copy[now], was);
                continue;
            }
            if (openUrl is not null && copy.AsSpan(now).StartsWith("<img") && copy[now..copy.IndexOf('>', now)].Contains(openUrl, StringComparison.Ordinal))
            {
                now = copy.IndexOf('>', now) + 1;
                continue;
            }
            if (original.AsSpan(was).StartsWith(OptOut) && !copy.AsSpan(now).StartsWith(OptOut))
            {
                was += OptOut.Length;
                continue;
            }
            Assert.True(was < original.Length && original[was] == copy[now], $"{name} differs at {was}: {copy[now..Math.Min(copy.Length, now + 80)]}");
            (was, now) = (was + 1, now + 1);
        }
        Assert.True(was == original.Length, $"{name} lost its end");
    }
}
