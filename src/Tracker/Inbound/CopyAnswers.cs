using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Inbound;

/// <summary>What came back to one copy.</summary>
/// <param name="Kind">reply, away, auto, bounce or delayed.</param>
/// <param name="Status">Of a bounce: enhanced status code (RFC 3463).</param>
public sealed record CopyAnswer(string Kind, DateTimeOffset At, DateTimeOffset? Until, string? Status)
{
    sealed record Row
    {
        public long CopyId { get; init; }
        public string Kind { get; init; } = "";
        public long AtMs { get; init; }
        public long? UntilMs { get; init; }
        public string? Status { get; init; }
    }

    /// <returns>By copy, oldest first; only what is certain.</returns>
    public static async Task<ILookup<string, CopyAnswer>> OfMessageAsync(Session session, long messageId) =>
        (await session.QueryAsync<Row>("select copy_id, kind, at_ms, until_ms, status from answers where message_id = @messageId and certain = 1 order by at_ms, id", new { messageId }))
        .ToLookup(r => Ids.Text(r.CopyId), r => new CopyAnswer(r.Kind, Times.Of(r.AtMs), Times.Of(r.UntilMs), r.Status));
}
