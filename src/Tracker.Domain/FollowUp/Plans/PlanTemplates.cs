using static Tracker.Domain.FollowUp.TouchKind;

namespace Tracker.Domain.FollowUp;

/// <summary>
/// The plans that ship. Each spreads its follow-up over the time these customers usually take to buy, changes the kind of touch, and gives every touch a reason
/// of its own. One part first contact, four parts follow-up. After a mail comes a call. A reason reads well after "it is about": it is what the prospect hears.
/// </summary>
public static class PlanTemplates
{
    public const string AfterMeeting = "afterMeeting", ProposalSent = "proposalSent", AwaitingItems = "awaitingItems", Referral = "referral", Conference = "conference",
        Cold = "cold", Lead = "lead", WinBack = "winBack";

    static readonly TouchKind[] Mixed = [Call, Note, Email, Call, Card, Email];

    public static readonly IReadOnlyList<PlanTemplate> All =
    [
        new(AfterMeeting, "After the meeting", "A note soon after, that says when they will hear from you again; then news at the pace at which they buy.",
        [
            new(Note, 0, 0, "thank them for the meeting, and say when they will hear from you again"),
            new(Email, 2, 0, "what was agreed, in writing, with the next date"),
            new(Call, 0, 0.15, "the question that stayed open in the meeting"),
            new(Email, 0, 0.30, "something for what they care about", "interest"),
            new(Call, 0, 0.45, "news about the product they looked at", "newProduct"),
            new(Card, 0, 0.70, "a personal occasion or the season", "season"),
            new(Call, 0, 0.95, "plan their next year with them", "budget"),
            new(Email, 30, 0, "the end of their contract", Anchor: "contractEnd"),
            new(Call, 60, 0, "the day on which their budget is made", Anchor: "budget"),
            new(Card, 7, 0, "a good wish for their holiday", Anchor: "holiday"),
        ], Mixed),
        new(ProposalSent, "Proposal sent", "The date of the review first; then everything leads to it and on from it.",
        [
            new(Call, 0, 0, "the proposal, together, on the day that was agreed", Anchor: "review"),
            new(Email, 1, 0, "the proposal in three sentences, with the date of the review"),
            new(Call, 3, 0, "what the others who decide need to see"),
            new(Email, 0, 0.15, "how a customer like them did it", "proof"),
            new(Call, 0, 0.25, "what changed since then on their side", "interest"),
            new(Note, 0, 0.35, "thank them for their time with it"),
            new(Email, 0, 0.50, "a price that ends, or a date that can be met", "newPrice"),
            new(Call, 0, 0.70, "their plan for the next quarter", "budget"),
        ], [Call, Note, Email]),
        new(AwaitingItems, "Awaiting items", "They promised to send something. Every week by phone and by mail, until it comes or they say stop.",
        [
            new(Email, 0, 0, "the checklist of what we need, and that we ask again in a week"),
            new(Call, 7, 0, "the items that are still open", Also: Email),
            new(Voicemail, 14, 0, "the items that are still open", Also: Email),
            new(Call, 21, 0, "the items that are still open", Also: Email),
            new(Voicemail, 28, 0, "the items that are still open", Also: Email),
        ], [Call, Voicemail], EveryDays: 7),
        new(Referral, "Referral", "Somebody vouched for you. Call while it is warm, and tell the referrer what came of it.",
        [
            new(Call, 0, 0, "the conversation that the referrer suggested"),
            new(Note, 1, 0, "thank the referrer, and tell the prospect that you did"),
            new(Email, 3, 0, "what was done for the referrer"),
            new(Call, 7, 0, "a time that suits them"),
            new(Referrer, 14, 0, "ask the referrer what would help"),
            new(Email, 0, 0.40, "something for what they care about", "interest"),
            new(Call, 0, 0.60, "news about the product they looked at", "newProduct"),
        ], Mixed),
        new(Conference, "Met at a conference", "They forget you within days: be specific about where you met and what they said.",
        [
            new(Email, 1, 0, "the conversation at the conference, and one thing that helps with it"),
            new(Call, 3, 0, "the thing that was promised at the conference"),
            new(Note, 7, 0, "a line by hand about your conversation"),
            new(Call, 14, 0, "what others from the conference asked for", "proof"),
            new(Email, 0, 0.50, "something for what they care about", "interest"),
            new(Call, 0, 0.75, "before the next event of their trade", "season"),
        ], Mixed),
        new(Cold, "Cold", "They don't know you yet. Every touch has to be worth their time.",
        [
            new(Email, 0, 0, "one observation about their business that matters to them"),
            new(Call, 2, 0, "the observation in our mail"),
            new(Voicemail, 5, 0, "one question that only they can answer"),
            new(Email, 9, 0, "how a customer like them did it", "proof"),
            new(Call, 16, 0, "news that concerns their trade", "interest"),
            new(Card, 24, 0, "a line by hand, no offer"),
            new(Email, 0, 0.75, "a price that ends, or a date that can be met", "newPrice"),
        ], Mixed),
        new(Lead, "Lead", "They raised their hand. Speak to them soon, then keep in touch until they are ready.",
        [
            new(Call, 0, 0, "what they asked about"),
            new(Email, 1, 0, "the answer to what they asked, in writing"),
            new(Call, 3, 0, "whether that answered it"),
            new(Email, 8, 0, "how a customer like them did it", "proof"),
            new(Call, 15, 0, "news about the product they looked at", "newProduct"),
            new(Note, 0, 0.50, "a line by hand"),
            new(Email, 0, 0.80, "plan their next year with them", "budget"),
        ], Mixed),
        new(WinBack, "Win back", "They were keen, or were yours, and vanished. Something changed since then: say what.",
        [
            new(Call, 0, 0, "what changed since the last conversation", "newProduct"),
            new(Email, 2, 0, "the change in three sentences", "newProduct"),
            new(Call, 10, 0, "what would have to be different", "interest"),
            new(Card, 20, 0, "a line by hand: they were missed"),
            new(Gift, 30, 0, "something small that fits them"),
            new(Email, 0, 0.80, "how a customer like them did it", "proof"),
        ], Mixed),
    ];

    public static PlanTemplate? Find(string? key) => All.FirstOrDefault(t => t.Key == key);
}
