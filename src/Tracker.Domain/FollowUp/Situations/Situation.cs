namespace Tracker.Domain.FollowUp;

/// <summary>Facts on record from which a situation is recognised.</summary>
public sealed record SituationFacts
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Null: no deal.</summary>
    public Stage? Stage { get; init; }
    public DateTimeOffset? StageSince { get; init; }
    public bool HasNextStep { get; init; }
    public bool ReviewAgreed { get; init; }

    /// <summary>Where they come from: the template of their plan, such as cold or conference.</summary>
    public string? Template { get; init; }
    public int MailsSent { get; init; }
    public bool EverAnswered { get; init; }

    /// <summary>How often they sat down with our mail.</summary>
    public int Sittings { get; init; }
    public DateTimeOffset? LastReadAt { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<PastTouch> Past { get; init; } = [];
}

/// <param name="Key">Stable name.</param>
/// <param name="Diagnosis">What is the matter, with the facts that say so.</param>
/// <param name="WayOut">What to do.</param>
/// <param name="Kind">The touch that the way out begins with.</param>
/// <param name="Template">A plan that fits; null: the running one.</param>
public sealed record Situation(string Key, string Diagnosis, string WayOut, TouchKind Kind, string? Template = null);

/// <summary>The seven situations that reps get stuck in.</summary>
public static class Situations
{
    /// <summary>"Hundreds of mails" and no talk: from here on, one more is not the answer. An assumption.</summary>
    public const int ManyMails = 10;

    /// <summary>Who was keen and is silent for this long has vanished. An assumption: longer than most holidays.</summary>
    public static readonly TimeSpan Vanished = TimeSpan.FromDays(21);

    /// <returns>Null when they are in none of them.</returns>
    public static Situation? Of(SituationFacts on)
    {
        var unanswered = on.Past.TakeWhile(p => !p.Answered).ToList();
        return Keen(on, unanswered) ?? Proposal(on) ?? Met(on) ?? Conference(on) ?? ManyMailsSent(on) ?? ColdCall(on, unanswered) ?? ColdMail(on, unanswered);
    }

    static Situation? Keen(SituationFacts on, List<PastTouch> unanswered)
    {
        var keen = on.EverAnswered || on.Sittings >= 2;
        var lastSign = on.Past.Where(p => p.Answered).Select(p => (DateTimeOffset?)p.At).FirstOrDefault() is { } answered && (on.LastReadAt is null || answered > on.LastReadAt) ? answered : on.LastReadAt;
        return keen && unanswered.Count >= 2 && lastSign is { } sign && on.Now - sign > Vanished
            ? new("vanished", $"They were keen, and there is no sign of them for {Days(on.Now - sign)} days; {unanswered.Count} touches went unanswered.",
                "Push back: say what you conclude from the silence, and let them correct it. If nothing comes, part as friends and park them with a date.", TouchKind.Email, PlanTemplates.WinBack)
            : null;
    }

    static Situation? Proposal(SituationFacts on) => on is { Stage: Stage.ProposalSent or Stage.Deciding, ReviewAgreed: false }
        ? new("proposalSent", $"The proposal is out for {Days(on.Now - on.StageSince)} days and no date to review it was agreed: you are chasing.",
            on.Sittings > 0 ? "They have looked into it. Call, and ask for twenty minutes to go through it together." : "Call, and ask for twenty minutes to go through it together; ask who else decides.", TouchKind.Call, PlanTemplates.ProposalSent)
        : null;

    static Situation? Met(SituationFacts on) => on is { Stage: Stage.Met, HasNextStep: false } or { Stage: Stage.Met, Past: [{ Answered: false }, { Answered: false }, ..] }
        ? new("metNoNextStep", "You met, and no next meeting is in both calendars.", "Write what was agreed, name a date, and call on that day. Next time, do not leave without one.", TouchKind.Call, PlanTemplates.AfterMeeting)
        : null;

    static Situation? Conference(SituationFacts on) => on is { Template: PlanTemplates.Conference, EverAnswered: false }
        ? new("conference", "You met at a conference, where they met fifty others.", "Remind them of the one thing you spoke about, and bring what you promised.", TouchKind.Call, PlanTemplates.Conference)
        : null;

    static Situation? ManyMailsSent(SituationFacts on) => on is { EverAnswered: false } && on.MailsSent >= ManyMails
        ? new("manyMails", $"{on.MailsSent} mails and no conversation.", on.Sittings > 0 ? "They do read. Stop writing and call." : "They do not read. Stop writing: call, send a card, or ask somebody for an introduction.", on.Sittings > 0 ? TouchKind.Call : TouchKind.Card)
        : null;

    static Situation? ColdCall(SituationFacts on, List<PastTouch> unanswered) => !on.EverAnswered && unanswered is [{ Kind: TouchKind.Voicemail or TouchKind.Call }, ..]
        ? new("coldCallVoicemail", $"{unanswered.Count(p => TouchKinds.IsPhone(p.Kind))} calls to somebody who does not know you, and only the machine answers.",
            "One short voicemail with one question, then a mail that begins with the same question. Try the time of day you have not tried.", TouchKind.Email, PlanTemplates.Cold)
        : null;

    static Situation? ColdMail(SituationFacts on, List<PastTouch> unanswered) => !on.EverAnswered && unanswered is [{ Kind: TouchKind.Email }, ..]
        ? new("coldMail", on.Sittings > 0 ? "Your mail is read and not answered." : "Your mail is not answered, and not read as far as can be seen.",
            on.Sittings > 0 ? "Call: they have the mail in mind." : "Call instead, or ask a colleague of theirs for an introduction.", TouchKind.Call, PlanTemplates.Cold)
        : null;

    static int Days(TimeSpan? span) => Math.Max(0, (int)(span?.TotalDays ?? 0));
}
