namespace Tracker.Domain.FollowUp;

/// <summary>A text that a team starts with; it may edit, retire and add.</summary>
/// <param name="Bank">One of <see cref="ShippedBanks.Names"/>.</param>
/// <param name="Topic">What it is for within its bank: the topic of a reason, the objection that an answer answers, the situation of an opening line.</param>
public sealed record BankText(string Bank, string Topic, string Text);

public static class ShippedBanks
{
    public const string Reasons = "reasons", Answers = "answers", Openings = "openings", Overrides = "overrides";

    public static readonly IReadOnlyList<string> Names = [Reasons, Answers, Openings, Overrides];

    public static readonly IReadOnlyList<string> Objections = ["price", "need", "comparing", "competitor", "timing", "other"];

    /// <summary>What the fact-find found.</summary>
    public static readonly IReadOnlyList<string> FactFinds = ["noNeed", "alternative", "match", "matchBut"];

    /// <summary>Never said to a prospect: that we watch makes them shut the door. Every opening line is checked for them.</summary>
    public static readonly IReadOnlyList<string> NeverSaid =
        
    [
        "you opened", "you clicked", "you read my", "you read our", "you've read", "you have read", "you are reading", "you're reading", "you were reading", "you looked at my mail", "you looked at our mail",
        "opened my", "opened our", "clicked on", "saw you", "saw that you", "i see you", "i see that you", "i can see", "noticed you", "noticed that you", "tracking", "notified me", "told me that you",
    ];

    public static readonly IReadOnlyList<BankText> All =
    [
        new(Reasons, "newPrice", "a new price, or one that ends soon"),
        new(Reasons, "newPrice", "a way to pay over time"),
        new(Reasons, "newPrice", "a smaller package to begin with"),
        new(Reasons, "newProduct", "a new version that does what they asked for"),
        new(Reasons, "newProduct", "something new that goes with what they looked at"),
        new(Reasons, "newProduct", "an invitation to try it first"),
        new(Reasons, "interest", "an article about what interests them"),
        new(Reasons, "interest", "news that concerns their trade"),
        new(Reasons, "interest", "an introduction to somebody they should know"),
        new(Reasons, "interest", "an answer to a question they asked"),
        new(Reasons, "proof", "how a customer like them did it"),
        new(Reasons, "proof", "figures of somebody in their trade"),
        new(Reasons, "proof", "a reference they can call"),
        new(Reasons, "season", "holiday notice: when we are away, and who helps meanwhile"),
        new(Reasons, "season", "a good wish for the season"),
        new(Reasons, "season", "an event of their trade"),
        new(Reasons, "budget", "their budget for next year"),
        new(Reasons, "budget", "a rule or tax that changes at the end of the year"),
        new(Reasons, "budget", "dates of delivery for their next quarter"),
        new(Answers, "price", "Compared with what? Let us put the cost of leaving it as it is beside it."),
        new(Answers, "price", "If the price were right, is it what you want? Then let us see what can be left out."),
        new(Answers, "need", "What would have to happen for it to become important?"),
        new(Answers, "need", "Who else feels the problem we spoke about?"),
        new(Answers, "comparing", "What decides between us? Let me make that one point easy to compare."),
        new(Answers, "comparing", "Whom do you compare us with, and what do you like there?"),
        new(Answers, "competitor", "What do you wish they did better? We need not replace all of it at once."),
        new(Answers, "competitor", "When does that contract end? I will ask three months before."),
        new(Answers, "timing", "What changes until then? Let us put the day into both calendars now."),
        new(Answers, "timing", "What does each month of waiting cost you?"),
        new(Answers, "other", "What would have to be true for you to go ahead?"),
        new(Openings, "interest", "Hello {name}, I have something new about {interest} for you. Is this a good moment?"),
        new(Openings, "objection", "Hello {name}, last time you spoke of {objection}. I have an answer, do you have three minutes?"),
        new(Openings, "reason", "Hello {name}, it is about {reason}. Do you have three minutes?"),
        new(Openings, "items", "Hello {name}, it is about {items}, so that we can go on. What can I do to help?"),
        new(Openings, "referral", "Hello {name}, {referrer} thought that the two of us should talk."),
        new(Openings, "proposal", "Hello {name}, I would like to go through the proposal with you. Do you have it at hand?"),
        new(Openings, "revival", "Hello {name}, it has been a while. What has changed on your side?"),
        new(Openings, "answer", "Hello {name}, thank you for your mail. May I answer it right now?"),
        new(Openings, "agreed", "Hello {name}, we said that we would speak today. Is this still a good moment?"),
        new(Openings, "notNow", "Hello {name}, you asked me to come back to you. Is now a better time?"),
        new(Openings, "willCallUs", "Hello {name}, we wanted to speak these days, so I thought I would call you. Is this a good moment?"),
        new(Openings, "general", "Hello {name}, I was just thinking of you and of {company}. Is this a good moment?"),
        new(Overrides, "agreed", "They asked me to"),
        new(Overrides, "news", "Something changed that cannot wait"),
        new(Overrides, "know", "I know them well"),
        new(Overrides, "deadline", "A deadline of theirs"),
        new(Overrides, "other", "Another reason"),
    ];

    /// <summary>The usual excuses for giving up, each with its answer; told when a rep gives up.</summary>
    public static readonly IReadOnlyList<(string Excuse, string Answer)> GivingUp =
    [
        ("They have not answered, so they are not interested.", "Silence is not an answer. People who never answer and keep reading are a list of their own."),
        ("I do not want to be a nuisance.", "The guard keeps count for you. With a reason that helps them, a call is a service."),
        ("They said they would call me.", "Then it falls to us on that day. It is written down, so it costs you nothing to remember."),
        ("It was only a referral.", "Somebody put their name to it. Call, and thank them."),
        ("They chose somebody else.", "For now. Ask when that contract ends, and be there before it does."),
        ("They have no money for it now.", "Then there is a day on which they will: write it down."),
    ];
}
