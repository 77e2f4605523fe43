using System.Globalization;
using Tracker.Domain.Inbound;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Inbound;

/// <summary>A copy with what an answer to it means.</summary>
public sealed record AnsweredCopy
{
    public long Id { get; init; }
    public string Token { get; init; } = "";
    public string Recipient { get; init; } = "";
    public long MessageId { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public string Subject { get; init; } = "";
    public string Metadata { get; init; } = "{}";
    public string? MailMessageId { get; init; }
}

/// <summary>Finds the copy that a mail answers.</summary>
public sealed class AnswerTies(KeyRing ring)
{
    /// <summary>Without any id or token, only a mail that was sent to them lately.</summary>
    static readonly TimeSpan Lately = TimeSpan.FromDays(30);

    const int ShortestSubject = 6;

    const string Select = """
        select c.id, c.token, c.recipient, c.message_id, c.prospect_id, m.rep_id, m.subject, m.metadata, m.mail_message_id from copies c join messages m on m.id = c.message_id
        """;

    public async Task<(AnsweredCopy Copy, Tie Tie)?> OfAnswerAsync(Session session, IncomingMail mail, DateTimeOffset now)
    {
        var copies = new Dictionary<long, AnsweredCopy>();
        var candidates = new List<TieCandidate>();
        void Add(IEnumerable<AnsweredCopy> found, TieKind by)
        {
            foreach (var copy in found)
            {
                copies[copy.Id] = copy;
                candidates.Add(new(copy.Id, by, copy.Recipient == mail.From, IsColleague(copy.Recipient, mail.From)));
            }
        }
        Add(await ByTokenAsync(session, TokenIn(mail.Everything)), TieKind.Token);
        Add(await ByMessageIdAsync(session, mail.Ids), TieKind.MessageId);
        if (candidates.Count == 0)
        {
            Add(await BySubjectAsync(session, mail, now), TieKind.Recipient);
        }
        return TieRules.Choose(candidates, mail.FailedAuthentication) is { } tie ? (copies[tie.CopyId], tie) : null;
    }

    /// <summary>The copies that came back. A report must name the message or the copy: addresses alone anybody can write.</summary>
    public async Task<IReadOnlyList<(AnsweredCopy Copy, BouncedRecipient Bounce, TieKind By)>> OfBounceAsync(Session session, IncomingMail mail)
    {
        var any = mail.Bounces.Recipients.Count > 0 ? mail.Bounces.Recipients[0] : new BouncedRecipient("", "failed", null, "returned without a reason");
        var token = mail.Bounces.EnvelopeId is { Length: 32 } envelope && UInt128.TryParse(envelope, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _) ? envelope : TokenIn(mail.Everything);
        if (await ByTokenAsync(session, token) is [var one])
        {
            return [(one, mail.Bounces.Recipients.FirstOrDefault(r => r.Address == one.Recipient) ?? any, TieKind.Token)];
        }
        var byId = await ByMessageIdAsync(session, mail.Ids);
        var named = byId.Select(c => (Copy: c, Bounce: mail.Bounces.Recipients.FirstOrDefault(r => r.Address == c.Recipient))).Where(c => c.Bounce is not null).ToList();
        // One recipient in all: it can be nobody else, though the report names the address where it was forwarded to.
        return named.Count > 0 ? [.. named.Select(n => (n.Copy, n.Bounce!, TieKind.MessageId))]
            : byId.Count == 1 ? [(byId[0], any, TieKind.MessageId)] : [];
    }

    string? TokenIn(string text)
    {
        // Plain text is wrapped and quoted, in the middle of an address too.
        var found = OwnTokens.Find(text, ring) ?? OwnTokens.Find(Unwrapped(text), ring);
        return found?.Copy.ToString();
    }

    static string Unwrapped(string text) => text.Replace("\r", "", StringComparison.Ordinal).Replace("=\n", "", StringComparison.Ordinal).Replace("\n> ", "", StringComparison.Ordinal)
        .Replace("\n>", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    static async Task<IReadOnlyList<AnsweredCopy>> ByTokenAsync(Session session, string? token) =>
        token is null ? [] : await session.QueryAsync<AnsweredCopy>(Select + " where c.token = @token", new { token });

    static async Task<IReadOnlyList<AnsweredCopy>> ByMessageIdAsync(Session session, IReadOnlyList<string> ids)
    {
        var found = ids.Count == 0 ? [] : await session.QueryAsync<AnsweredCopy>($"{Select} where {session.Dialect.In("m.mail_message_id", "@ids")}", new { ids = ids.ToArray() });
        // The nearest of the thread is the one that is answered.
        var nearest = ids.FirstOrDefault(i => found.Any(f => f.MailMessageId == i));
        return [.. found.Where(f => f.MailMessageId == nearest)];
    }

    static async Task<IReadOnlyList<AnsweredCopy>> BySubjectAsync(Session session, IncomingMail mail, DateTimeOffset now)
    {
        var sent = await session.QueryAsync<AnsweredCopy>(
            $"{Select} where c.recipient = @from and m.kind = 'mail' and m.created_at_ms > @since order by c.id desc limit 20", new { from = mail.From, since = (now - Lately).Ms() });
        var fitting = sent.FirstOrDefault(c => c.Subject.Length >= ShortestSubject && mail.Subject.Contains(c.Subject, StringComparison.OrdinalIgnoreCase) && mail.Subject.Length > c.Subject.Length);
        return fitting is null ? [] : [fitting];
    }

    static bool IsColleague(string recipient, string from)
    {
        static string Domain(string email) => email[(email.LastIndexOf('@') + 1)..];
        return from.Length > 0 && Domain(recipient) == Domain(from) && !FreeMailDomains.Contains(Domain(from));
    }
}
