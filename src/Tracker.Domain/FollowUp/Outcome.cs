namespace Tracker.Domain.FollowUp;

/// <summary>What came of a prompt or a call. Stored and told by name.</summary>
public enum Outcome
{
    Connected,
    Voicemail,
    NoAnswer,
    WrongNumber,

    /// <summary>They asked to be called again later.</summary>
    NotNow,

    /// <summary>They said they would call; it falls to us on that day.</summary>
    WillCallUs,

    /// <summary>They asked not to be contacted any more.</summary>
    Stop,

    /// <summary>What needs nobody to pick up went out: a mail, a note, a card, a gift.</summary>
    Sent,

    /// <summary>They are ready to buy: the plan has done its work.</summary>
    Ready,
}

public static class Outcomes
{
    /// <summary>They said something themselves. Everything else is silence, and silence is not an answer.</summary>
    public static bool IsAnswer(Outcome outcome) => outcome is Outcome.Connected or Outcome.NotNow or Outcome.WillCallUs or Outcome.Stop or Outcome.Ready;
}

/// <summary>What is owed next, and when.</summary>
/// <param name="Kind">Kind of touch, such as <c>call</c> or <c>email</c>; <c>stop</c> when nothing is.</param>
/// <param name="At">Null only for <c>stop</c>.</param>
public sealed record NextStep(string Kind, DateTimeOffset? At, string Reason)
{
    public const string Call = "call", Email = "email", Stop = "stop";

    public static readonly IReadOnlyList<string> Kinds = [Call, "voicemail", Email, "note", "card", "gift", "visit", "referrer", "meeting", Stop];
}

/// <summary>Fills in the next step that an outcome leaves out, so that no conversation ends without one. Plans refine this when they run.</summary>
public static class NextSteps
{
    /// <summary>No day was named: a week is how far people mean "not now" to be, and no longer than a promise is remembered. An assumption.</summary>
    public static readonly TimeSpan NoDayNamed = TimeSpan.FromDays(7);

    public const string SaidNotNow = "they said not now", SaidWillCall = "they said they would call; if not, it falls to us";

    const string NoAnswerYet = "no answer yet", AfterMail = "the touch after an unanswered mail is a call", AfterVoicemail = "follow up on the voicemail", AfterTalk = "follow up on the conversation",
        Number = "ask for the right number", Details = "they said ready: settle the details";

    /// <summary>Reasons that nobody gave: they say what to do, and nothing that could be told to a prospect.</summary>
    public static readonly IReadOnlyList<string> FilledIn = [SaidNotNow, SaidWillCall, NoAnswerYet, AfterMail, AfterVoicemail, AfterTalk, Number, Details];

    public static NextStep Default(Outcome outcome, DateTimeOffset now) => outcome switch
    {
        Outcome.Stop => new(NextStep.Stop, null, "asked not to be contacted"),
        Outcome.WrongNumber => new(NextStep.Email, BusinessDayAfter(now, 1), Number),
        Outcome.NotNow => new(NextStep.Call, BusinessDayAfter(now + NoDayNamed, 0), SaidNotNow),
        Outcome.WillCallUs => new(NextStep.Call, BusinessDayAfter(now + NoDayNamed, 0), SaidWillCall),
        // An unanswered call is followed by another kind of touch; a voicemail announced one.
        Outcome.NoAnswer => new(NextStep.Call, BusinessDayAfter(now, 1), NoAnswerYet),
        Outcome.Sent => new(NextStep.Call, BusinessDayAfter(now, 3), AfterMail),
        Outcome.Ready => new(NextStep.Call, BusinessDayAfter(now, 1), Details),
        Outcome.Voicemail => new(NextStep.Email, BusinessDayAfter(now, 1), AfterVoicemail),
        _ => new(NextStep.Call, BusinessDayAfter(now, 2), AfterTalk),
    };

    /// <summary>The same time of day, that many business days (Monday to Friday, UTC) later; 0 moves only off a weekend.</summary>
    public static DateTimeOffset BusinessDayAfter(DateTimeOffset from, int days)
    {
        var day = from;
        for (var left = days; left > 0 || IsWeekend(day);)
        {
            day = day.AddDays(1);
            left -= IsWeekend(day) ? 0 : 1;
        }
        return day;
    }

    static bool IsWeekend(DateTimeOffset day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
