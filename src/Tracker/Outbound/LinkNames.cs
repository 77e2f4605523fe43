using Tracker.Storage;

namespace Tracker.Outbound;

/// <summary>How links are called in words: their visible text, else their address.</summary>
public sealed class LinkNames
{
    sealed record Row
    {
        public long MessageId { get; init; }
        public long Link { get; init; }
        public string Url { get; init; } = "";
        public string? Label { get; init; }
    }

    readonly Dictionary<(long Message, long Link), string> _names;

    LinkNames(IEnumerable<Row> rows) => _names = rows.ToDictionary(r => (r.MessageId, r.Link), r => string.IsNullOrWhiteSpace(r.Label) ? r.Url : r.Label);

    public static async Task<LinkNames> LoadAsync(Session session, IReadOnlyCollection<long> messageIds) => new(messageIds.Count == 0
        ? []
        : await session.QueryAsync<Row>("select message_id, link, url, label from links where " + session.Dialect.In("message_id", "@messageIds"), new { messageIds = messageIds.ToArray() }));

    public string? Of(long messageId, long link) => _names.GetValueOrDefault((messageId, link));
}
