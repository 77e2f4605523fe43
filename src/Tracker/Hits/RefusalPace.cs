using System.Net;

namespace Tracker.Hits;

/// <summary>
/// Slows down whoever asks for many addresses that are not ours. Guessing a token is hopeless anyway; this keeps the guesser from taking the server's
/// time. Only refused requests are counted and only their answers wait, so no valid link is ever held up, whoever shares its address.
/// </summary>
public sealed class RefusalPace(TimeProvider time)
{
    /// <summary>Refusals of one source in a minute that are answered at once: mail programs cut long links, and people retry.</summary>
    public const int FreePerMinute = 60;

    /// <summary>How long each further answer waits.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>Answers that may wait at the same time. More are given at once: what waits costs memory, and the answer itself is cheap.</summary>
    public const int MostWaiting = 1000;

    // Sources that share a slot share their count. It costs nobody anything but the wait for a 404.
    const int Slots = 1 << 14;

    readonly long[] _slots = new long[Slots]; // minute (upper half), count (lower half)
    int _waiting;

    public async Task WaitAsync(IPAddress source, CancellationToken ct)
    {
        if (Count(source) <= FreePerMinute)
        {
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _waiting) <= MostWaiting)
            {
                await Task.Delay(Delay, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <returns>Refusals of this source in this minute, this one included.</returns>
    int Count(IPAddress source)
    {
        var minute = (long)time.GetElapsedTime(0).TotalMinutes;
        ref var slot = ref _slots[(uint)HashCode.Combine(source) % Slots];
        while (true)
        {
            var seen = Volatile.Read(ref slot);
            var next = seen >> 32 == minute ? seen + 1 : (minute << 32) + 1;
            if (Interlocked.CompareExchange(ref slot, next, seen) == seen)
            {
                return (int)(next & uint.MaxValue);
            }
        }
    }
}
