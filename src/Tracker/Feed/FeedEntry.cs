using System.Text.Json;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Feed;

/// <summary>The types of feed entries. Clients ignore those they don't know.</summary>
public static class FeedTypes
{
    public const string Ready = "ready", Hit = "hit", HitJudged = "hit.judged", PromptRaised = "prompt.raised", PromptRefreshed = "prompt.refreshed",
        PromptWithdrawn = "prompt.withdrawn", PromptExpired = "prompt.expired", PromptClosed = "prompt.closed",
        PromptHanded = "prompt.handed",
        ForwardedLikely = "forwarded.likely", DeliveryFailed = "delivery.failed", Reply = "reply", Away = "away";
}

/// <summary>One thing that happened.</summary>
/// <param name="RepId">Whose it is; null: everybody who writes to the prospect sees it.</param>
/// <param name="MessageId">For filtering by the message's metadata.</param>
/// <param name="Data">Becomes the entry's JSON.</param>
public sealed record FeedEntry(string Type, DateTimeOffset At, long? RepId, long? ProspectId, long? MessageId, object Data);

/// <summary>The feed is a table: what is in it has been committed, and readers go on from the last id they saw.</summary>
public sealed class FeedLog(FeedSignal signal)
{
    /// <summary>Appends within the caller's transaction; readers are woken after its commit, never before.</summary>
    public async Task AppendAsync(Session session, IReadOnlyList<FeedEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }
        await session.InsertAsync(
            "insert into feed (at_ms, type, rep_id, prospect_id, message_id, data) values",
            [.. entries.Select(e => new object?[] { e.At.Ms(), e.Type, e.RepId, e.ProspectId, e.MessageId, JsonSerializer.Serialize(e.Data, ApiJson.Options) })]);
        session.AfterCommit(signal.Wake);
    }
}
