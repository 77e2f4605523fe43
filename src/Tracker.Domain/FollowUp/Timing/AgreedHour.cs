namespace Tracker.Domain.FollowUp;

/// <summary>The hour that was agreed for a next step: for it their usual hours do not count, it is their own wish.</summary>
public static class AgreedHour
{
    /// <summary>Before and after the moment that was agreed.</summary>
    public static readonly TimeSpan Around = TimeSpan.FromHours(1);

    /// <param name="reason">Of the step. What an outcome filled in, and that they will call us, is no hour of theirs for our call.</param>
    /// <param name="due">The moment that was agreed.</param>
    public static bool Covers(string reason, DateTimeOffset due, DateTimeOffset now) =>
        OpeningLines.OccasionOf(reason) is OpeningLines.Agreed or OpeningLines.NotNow && (now - due).Duration() <= Around;
}
