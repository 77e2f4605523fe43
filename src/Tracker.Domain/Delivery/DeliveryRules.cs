namespace Tracker.Domain.Delivery;

/// <summary>What one attempt to hand a mail over came to.</summary>
/// <param name="Code">The server's reply code, such as 250, 451 or 550; 0 when none came (no connection, connection lost, nobody signed in).</param>
/// <param name="IsAboutTheMail">False when the answer is about us or the server as a whole: greeting, protection, signing in.</param>
public sealed record Attempt(int Code, bool IsAboutTheMail);

/// <param name="At">When to try again; null when this was the end.</param>
public sealed record AfterAttempt(DeliveryEnd? End, DateTimeOffset? At);

public enum DeliveryEnd
{
    Sent,
    Failed,
}

/// <summary>When a mail is tried again, and when it is given up.</summary>
public static class DeliveryRules
{
    /// <summary>
    /// Pauses after the first, second, … attempt; the last one repeats. RFC 5321, 4.5.4.1 asks for at least 30 minutes in the long run and allows quicker
    /// tries at first; greylisting (RFC 6647, 5) is over after one to five minutes, so the first pauses are short.
    /// </summary>
    static readonly TimeSpan[] Pauses =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2)];

    /// <param name="attempts">How many there were, this one included; 1 or more.</param>
    /// <param name="giveUpAt">From then on a temporary failure is final.</param>
    public static AfterAttempt Decide(Attempt attempt, int attempts, DateTimeOffset giveUpAt, DateTimeOffset now)
    {
        if (attempt.Code is >= 200 and < 300)
        {
            return new(DeliveryEnd.Sent, null);
        }
        // A refusal of us (wrong password, no relaying without it) says nothing about the recipient: somebody can put it right within days.
        var isFinal = attempt is { Code: >= 500, IsAboutTheMail: true };
        var next = now + Pauses[Math.Clamp(attempts - 1, 0, Pauses.Length - 1)];
        return isFinal || now >= giveUpAt ? new(DeliveryEnd.Failed, null) : new(null, next < giveUpAt ? next : giveUpAt);
    }
}
