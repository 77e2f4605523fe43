using System.Collections.Concurrent;

namespace Tracker.Access;

/// <summary>
/// Counts wrong passwords, so that nobody guesses one: ten in a quarter of an hour for one account from one address, and a hundred from one address whatever
/// the account. In memory: a restart forgets, which costs an attacker more than it gives.
/// </summary>
public sealed class SignInTries(TimeProvider time)
{
    public const int PerAccount = 10, PerAddress = 100;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>More names than this are never kept; beyond it those whose window is over go.</summary>
    const int Most = 100_000;

    readonly ConcurrentDictionary<string, Count> _counts = new();

    sealed record Count(DateTimeOffset Since, int Tries);

    /// <summary>Counts a try that is about to be made.</summary>
    /// <param name="account">As it was typed; need not exist.</param>
    /// <returns>How long to wait when there were too many; null when it may be made.</returns>
    public TimeSpan? Take(string account, string address)
    {
        var now = time.GetUtcNow();
        if (_counts.Count > Most)
        {
            Forget(now);
        }
        var one = Add($"{account}\n{address}", now);
        var all = Add(address, now);
        var until = (one.Tries > PerAccount ? one.Since : all.Tries > PerAddress ? all.Since : (DateTimeOffset?)null) + Window;
        return until - now;
    }

    /// <summary>It was the right one: what was mistyped before counts no longer.</summary>
    public void Succeeded(string account, string address) => _counts.TryRemove($"{account}\n{address}", out _);

    Count Add(string name, DateTimeOffset now) => _counts.AddOrUpdate(
        name, _ => new(now, 1), (_, count) => now - count.Since >= Window ? new(now, 1) : count with { Tries = count.Tries + 1 });

    void Forget(DateTimeOffset now)
    {
        foreach (var (name, count) in _counts)
        {
            if (now - count.Since >= Window)
            {
                _counts.TryRemove(name, out _);
            }
        }
    }
}
