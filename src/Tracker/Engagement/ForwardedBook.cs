using Tracker.Domain.Scoring;
using Tracker.Feed;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>A copy that somebody else seems to read too, as the feed tells it.</summary>
public sealed record ForwardedEvent(
    string HitId, string CopyId, string MessageId, string ProspectId, string Recipient, string Subject, DateTimeOffset At, string Text, System.Text.Json.Nodes.JsonNode? Metadata);

/// <summary>Remembers and tells that a copy is likely forwarded.</summary>
public static class ForwardedBook
{
    public const string Text = "Likely forwarded: someone with this copy read it on another kind of device in another network.";

    sealed record Row
    {
        public long ForwardedAtMs { get; init; }
    }

    public static async Task SaveAsync(Session session, IReadOnlyList<EngagementFact> forwarded, List<FeedEntry> entries)
    {
        foreach (var fact in forwarded)
        {
            var copy = fact.Copy;
            await session.ExecuteAsync("update copies set forwarded_at_ms = @at where id = @id", new { id = copy.Id, at = fact.At.Ms() });
            entries.Add(new(FeedTypes.ForwardedLikely, fact.At, copy.RepId, copy.ProspectId, copy.MessageId, new ForwardedEvent(
                Ids.Text(fact.HitId), Ids.Text(copy.Id), Ids.Text(copy.MessageId), Ids.Text(copy.ProspectId), copy.Recipient, copy.Subject, fact.At, Text,
                MetadataText.Parse(copy.Metadata))));
        }
    }

    /// <summary>The heat that a company has from mail handed on in it: another reader counts as much as a click.</summary>
    public static async Task<long> HeatAsync(Session session, long companyId, HeatScale scale, HeatWeights weights) =>
        (await session.QueryAsync<Row>("""
            select c.forwarded_at_ms from prospects p join copies c on c.prospect_id = p.id where p.company_id = @companyId and c.forwarded_at_ms is not null
            """, new { companyId })).Aggregate(HeatScale.Cold, (key, f) => scale.Add(key, weights.Click, Times.Of(f.ForwardedAtMs)));
}
