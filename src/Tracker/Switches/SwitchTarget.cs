using System.Buffers;
using Tracker.Domain.Tokens;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Switches;

/// <summary>What a decision is about; one of them.</summary>
/// <param name="Url">A tracked address, as somebody got it.</param>
/// <param name="Message">Id of a message.</param>
/// <param name="Copy">Id of a copy.</param>
/// <param name="Rep">Address of a rep.</param>
/// <param name="Host">A destination host, with all below it.</param>
/// <param name="Link">Index of one link of the message or copy; null: all of them.</param>
public sealed record SwitchTarget(string? Url = null, string? Message = null, string? Copy = null, string? Rep = null, string? Host = null, int? Link = null)
{
    const string ClickPath = "/c/";

    static readonly SearchValues<char> NoHost = SearchValues.Create("/?#@ \\%");

    sealed record CopyRow
    {
        public string Token { get; init; } = "";
        public string Owner { get; init; } = "";
    }

    /// <summary>True when the decision can be made without the database.</summary>
    public bool NeedsNoDatabase => Url is not null || Host is not null;

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public string? Problem() =>
        new[] { Url, Message, Copy, Rep, Host }.Count(t => !string.IsNullOrEmpty(t)) != 1 ? "one of: a tracked address, a message, a copy, a rep, a host"
        : Link is < 0 or > ushort.MaxValue ? "a link's index from 0 on"
        : Link is not null && Message is null && Copy is null ? "a link's index together with a message or a copy"
        : Host is not null && (Host.AsSpan().ContainsAny(NoHost) || Hosts.Of("http://" + Host + "/") is null) ? "a host such as example.com, without scheme and path"
        : null;

    /// <summary>The rule's name and the copies it is about.</summary>
    /// <param name="session">Null where the database is not needed.</param>
    /// <returns>Null when there is no such thing, or it is not the caller's.</returns>
    public async Task<SwitchRule?> ResolveAsync(Session? session, KeyRing ring, long? repId, DateTimeOffset now)
    {
        if (Host is not null)
        {
            var host = Hosts.Of("http://" + Host + "/")!;
            return new() { Name = $"host {host}", At = now, Host = host };
        }
        if (Url is not null)
        {
            return await OfUrlAsync(session, ring, repId, now);
        }
        var id = Ids.Parse(Message ?? Copy ?? "");
        var copies = await session!.QueryAsync<CopyRow>("""
            select c.token, r.email as owner from copies c join messages m on m.id = c.message_id join reps r on r.id = m.rep_id
            where (m.id = @message or c.id = @copy or r.email = @rep) and (@repId is null or m.rep_id = @repId) order by c.id
            """, new { message = Message is null ? null : id, copy = Copy is null ? null : id, rep = Rep?.Trim().ToLowerInvariant(), repId });
        var what = Message is not null ? $"message {Ids.Text(id ?? 0)}" : Copy is not null ? $"copy {(copies.Count > 0 ? copies[0].Token : "")}" : $"rep {Rep!.Trim().ToLowerInvariant()}";
        return copies.Count == 0 && (Rep is null || await session!.ScalarAsync<long>("select count(*) from reps where email = @rep", new { rep = Rep.Trim().ToLowerInvariant() }) == 0) ? null : new()
        {
            Name = Link is null ? what : $"link {Link} of {what}", At = now, Link = Link, Rep = Rep?.Trim().ToLowerInvariant(), Copies = [.. copies.Select(c => c.Token)],
            Owner = Rep is null ? copies[0].Owner : null,
        };
    }

    async Task<SwitchRule?> OfUrlAsync(Session? session, KeyRing ring, long? repId, DateTimeOffset now)
    {
        var at = Url!.LastIndexOf(ClickPath, StringComparison.Ordinal);
        var token = at < 0 ? Url : Url[(at + ClickPath.Length)..].Split('?', '#')[0];
        if (!TokenCodec.TryVerify(ring, TokenPurpose.Click, token.Trim(), out var click))
        {
            return null;
        }
        var copy = click.Copy.ToString();
        var owner = session is null ? null : await session.ScalarAsync<string?>("""
            select r.email from copies c join messages m on m.id = c.message_id join reps r on r.id = m.rep_id where c.token = @copy and (@repId is null or r.id = @repId)
            """, new { copy, repId });
        return session is not null && repId is not null && owner is null
            ? null
            : new() { Name = $"link {click.Link} of copy {copy}", At = now, Link = click.Link, Copies = [copy], Owner = owner };
    }
}
