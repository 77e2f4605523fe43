using Tracker.Engagement;

namespace Tracker.Tests.Journal;

/// <summary>Whatever was looked at ahead, a portion is what comes next.</summary>
public sealed class JournalPortionsTests : IDisposable
{
    readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_portion_goes_on_from_the_position_and_none_is_passed_over()
    {
        var ids = await _folder.WriteAsync(Enumerable.Range(0, 12).Select(i => new byte[] { (byte)i }));
        await using var journal = _folder.Open();
        var portions = new JournalPortions(journal);
        (long[], long[]) Take(long after, int most, bool ahead)
        {
            var (records, next) = portions.Take(after, most, ahead);
            return ([.. records.Select(r => r.HitId)], [.. next.Select(r => r.HitId)]);
        }
        void Same(Range now, Range then, (long[] Now, long[] Then) taken)
        {
            Assert.Equal(ids[now], taken.Now);
            Assert.Equal(ids[then], taken.Then);
        }

        Same(0..4, 4..8, Take(0, 4, ahead: true));
        // It could not be stored: the same again.
        Same(0..4, 4..8, Take(0, 4, ahead: true));
        // Fewer are wanted now than were read: the rest comes after them.
        Same(4..6, 6..8, Take(ids[3], 2, ahead: false));
        Same(6..8, 0..0, Take(ids[5], 2, ahead: false));
        // Less than a portion is left, and it is not the end of it all.
        Same(8..11, 11..12, Take(ids[7], 3, ahead: true));
        Same(11..12, 0..0, Take(ids[10], 3, ahead: true));
        Same(0..0, 0..0, Take(ids[11], 3, ahead: true));
        // The database was put back to an earlier time.
        Same(2..5, 5..8, Take(ids[1], 3, ahead: true));
    }
}
