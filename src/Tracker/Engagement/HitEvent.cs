using System.Text.Json.Nodes;

namespace Tracker.Engagement;

/// <summary>A hit as the feed tells it.</summary>
/// <param name="Counts">All hits of this copy so far, this one included.</param>
/// <param name="LinkLabel">Visible text of the link, or its address.</param>
public sealed record HitEvent(
    string HitId, string CopyId, string MessageId, string ProspectId, string Recipient, string Subject, string Kind, int? Link, string? LinkLabel,
    DateTimeOffset At, string Verdict, IReadOnlyList<string> Reasons, JsonNode? Metadata, HitCounts Counts);
