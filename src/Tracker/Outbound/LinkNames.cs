using Tracker.Storage;

namespace Tracker.Outbound;

/// <summary>How links are called in words: their visible text, else their address.</summary>
public sealed class LinkNames
{
    readonly Dictionary<(long Message, long Link), string> _names;

    LinkNames(Dictionary<(long, long), string> names) => _names = names;

    public static async Task<LinkNames> LoadAsync(Session session, IReadOnlyCollection<long> messageIds) => new(messageIds.Count == 0
        ? []
        : (await session.ReadAsync(
            "select message_id, link, url, label from links where " + session.Dialect.In("message_id", "@messageIds"), new { messageIds = messageIds.ToArray() },
            r => (Message: r.GetInt64(0), Link: r.GetInt64(1), Name: r.Text(3) is { } label && !string.IsNullOrWhiteSpace(label) ? label : r.GetString(2))))
            .ToDictionary(l => (l.Message, l.Link), l => l.Name));

    public string? Of(long messageId, long link) => _names.GetValueOrDefault((messageId, link));
}
