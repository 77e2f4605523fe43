using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <summary>States of a prompt, as stored and told.</summary>
public static class PromptStates
{
    /// <summary>Live: waiting for the rep.</summary>
    public const string Open = "open";

    /// <summary>Live, but silent until a time the rep chose.</summary>
    public const string Snoozed = "snoozed";

    /// <summary>Nobody called in time: the call is owed. Still to be answered or dismissed.</summary>
    public const string Expired = "expired";

    public const string Answered = "answered", Dismissed = "dismissed", Withdrawn = "withdrawn";

    public static readonly IReadOnlyList<string> All = [Open, Snoozed, Expired, Answered, Dismissed, Withdrawn];
}

/// <summary>Whom to call.</summary>
public sealed record PromptPerson(string Email, string? Name, string? Phone, string? Company);

/// <summary>A next step as the API takes and gives it.</summary>
public sealed record NextStepView(string Kind, DateTimeOffset? At, string? Reason);

/// <summary>A call prompt as the API and the feed tell it.</summary>
public sealed record PromptView(
    string Id, string ProspectId, string Email, string? Name, string? Phone, string? Company, string? Rep, string MessageId, string HitId, string State,
    string Advice, DateTimeOffset RaisedAt, DateTimeOffset RefreshedAt, DateTimeOffset ExpiresAt, DateTimeOffset? SnoozedUntil, DateTimeOffset? ClosedAt,
    IReadOnlyList<string> Reasons, string? Outcome, string? Note, long? Minutes, string? Objection, bool? Right, NextStepView? NextStep, JsonNode? Metadata);

/// <summary>A prompt with what telling it needs.</summary>
public sealed record PromptRow
{
    public long Id { get; init; }
    public long ProspectId { get; init; }
    public long RepId { get; init; }
    public long MessageId { get; init; }
    public long HitId { get; init; }
    public string State { get; init; } = "";
    public string Advice { get; init; } = "";
    public string Reasons { get; init; } = "[]";
    public long RaisedAtMs { get; init; }
    public long RefreshedAtMs { get; init; }
    public long ExpiresAtMs { get; init; }
    public long? SnoozedUntilMs { get; init; }
    public long? ClosedAtMs { get; init; }
    public string? Outcome { get; init; }
    public string? Note { get; init; }
    public long? Minutes { get; init; }
    public string? Objection { get; init; }
    public long? RightAlarm { get; init; }
    public string Email { get; init; } = "";
    public string? Name { get; init; }
    public string? Phone { get; init; }
    public string? Company { get; init; }
    public string? Rep { get; init; }
    public string Metadata { get; init; } = "{}";
    public string? NextKind { get; init; }
    public long? NextAtMs { get; init; }
    public string? NextReason { get; init; }

    /// <summary>A <c>where</c> with conditions on <c>p</c> (prompts) and <c>c</c> (prospects) can follow.</summary>
    public const string Select = """
        select p.id, p.prospect_id, p.rep_id, p.message_id, p.hit_id, p.state, p.advice, p.reasons, p.raised_at_ms, p.refreshed_at_ms, p.expires_at_ms,
               p.snoozed_until_ms, p.closed_at_ms, p.outcome, p.note, p.minutes, p.objection, p.right_alarm, c.email, c.name, c.phone, coalesce(c.company, co.name) as company,
               r.email as rep, m.metadata, o.kind as next_kind, o.due_at_ms as next_at_ms, o.reason as next_reason
        from prompts p join prospects c on c.id = p.prospect_id left join companies co on co.id = c.company_id join reps r on r.id = p.rep_id join messages m on m.id = p.message_id
        left join obligations o on o.id = (select max(id) from obligations where prospect_id = p.prospect_id and prompt_id = p.id)
        """;

    public PromptView ToView() => new(
        Ids.Text(Id), Ids.Text(ProspectId), Email, Name, Phone, Company, Rep, Ids.Text(MessageId), Ids.Text(HitId), State, Advice,
        Times.Of(RaisedAtMs), Times.Of(RefreshedAtMs), Times.Of(ExpiresAtMs), Times.Of(SnoozedUntilMs), Times.Of(ClosedAtMs),
        JsonSerializer.Deserialize<string[]>(Reasons)!, Outcome, Note, Minutes, Objection, RightAlarm is { } right ? right != 0 : null,
        NextKind is { } kind ? new(kind, Times.Of(NextAtMs), NextReason) : null, MetadataText.Parse(Metadata));

    public static Task<List<PromptRow>> AllAsync(Session session, long[] ids) => session.ReadAsync($"{Select} where {session.Dialect.In("p.id", "@ids")}", new { ids }, Read);

    /// <summary>A row of <see cref="Select"/>.</summary>
    public static PromptRow Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ProspectId = row.GetInt64(1),
        RepId = row.GetInt64(2),
        MessageId = row.GetInt64(3),
        HitId = row.GetInt64(4),
        State = row.GetString(5),
        Advice = row.GetString(6),
        Reasons = row.GetString(7),
        RaisedAtMs = row.GetInt64(8),
        RefreshedAtMs = row.GetInt64(9),
        ExpiresAtMs = row.GetInt64(10),
        SnoozedUntilMs = row.Whole(11),
        ClosedAtMs = row.Whole(12),
        Outcome = row.Text(13),
        Note = row.Text(14),
        Minutes = row.Whole(15),
        Objection = row.Text(16),
        RightAlarm = row.Whole(17),
        Email = row.GetString(18),
        Name = row.Text(19),
        Phone = row.Text(20),
        Company = row.Text(21),
        Rep = row.Text(22),
        Metadata = row.GetString(23),
        NextKind = row.Text(24),
        NextAtMs = row.Whole(25),
        NextReason = row.Text(26),
    };

    public static Task<PromptRow?> FindAsync(Session session, long id, long? repId) => session.FirstAsync<PromptRow>(
        Select + " where p.id = @id and (@rep is null or p.rep_id = @rep)",
        new { id, rep = repId });
}
