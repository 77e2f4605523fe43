using Tracker.Domain.FollowUp;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Deals;

/// <summary>What is said of a deal when it enters a stage.</summary>
/// <param name="Never">Of a no: do not ask again.</param>
/// <param name="SkipReview">The proposal goes out without a date to review it.</param>
public sealed record StageFactsGiven(
    DateTimeOffset? MeetingAt = null, DateTimeOffset? ReviewAt = null, bool SkipReview = false, DateTimeOffset? AskAgainAt = null, bool Never = false, ClosingReason? Reason = null, string? Note = null);

/// <summary>Deals and their moves from stage to stage. A move is history; what the stage asks for is owed from then on.</summary>
public static class DealBook
{
    public static async Task<long> CreateAsync(
        Session session, long prospectId, long repId, string? title, long valueCents, Stage stage, StageFactsGiven given, DateTimeOffset at, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long>("""
            insert into deals (prospect_id, rep_id, title, value_cents, stage, stage_since_ms, created_at_ms) values (@prospectId, @repId, @title, @valueCents, 'lead', @at, @at) returning id
            """, new { prospectId, repId, title, valueCents, at = at.Ms() });
        await FollowUpState.EnsureAsync(session, prospectId, now);
        await MoveAsync(session, id, null, stage, given, at, now);
        return id;
    }

    /// <exception cref="ProblemException">The move lacks what the stage asks for.</exception>
    public static async Task MoveAsync(Session session, long id, Stage? from, Stage to, StageFactsGiven given, DateTimeOffset at, DateTimeOffset now)
    {
        await CheckAsync(session, to, given, now);
        var (closed, agreed) = (Stages.IsClosed(to), Agreed(to, given));
        if (!closed)
        {
            await Parking.EndAsync(session, await session.ScalarAsync<long>("select prospect_id from deals where id = @id", new { id }), "the deal moved", now);
        }
        await session.ExecuteAsync("""
            update deals set stage = @stage, stage_since_ms = @at, meeting_at_ms = coalesce(@meeting, meeting_at_ms), review_at_ms = coalesce(@review, review_at_ms),
                   review_skipped = case when @stage = 'proposalSent' then @skipped when @review is not null then 0 else review_skipped end,
                   ask_again_at_ms = @again, closing_reason = @reason, closed_at_ms = @closed
            where id = @id
            """, new
        {
            id, stage = Names.Of(to), at = at.Ms(), meeting = given.MeetingAt?.Ms(), review = given.ReviewAt?.Ms(), skipped = given.SkipReview ? 1L : 0L, again = given.AskAgainAt?.Ms(),
            reason = given.Reason is { } r ? Names.Of(r) : null, closed = closed ? at.Ms() : (long?)null,
        });
        var deal = (await DealRow.FindAsync(session, id, null))!;
        await session.ExecuteAsync("""
            insert into deal_moves (deal_id, from_stage, to_stage, at_ms, rep_id, closing_reason, review_skipped, note) values (@id, @from, @to, @at, @rep, @reason, @skipped, @note)
            """, new { id, from = from is { } f ? Names.Of(f) : null, to = Names.Of(to), at = at.Ms(), rep = deal.RepId, reason = deal.ClosingReason, skipped = given.SkipReview ? 1L : 0L, note = given.Note });
        await Obligations.SettleDealAsync(session, id, "moved", now);
        if (closed)
        {
            await PlanBook.EndAsync(session, deal.ProspectId, deal.RepId, to == Stage.Won ? "ready" : Names.Of(to), now);
            await Obligations.SettleAsync(session, deal.ProspectId, deal.RepId, "closed", now, ObligationSources.Step);
        }
        await OweAsync(session, deal, to, agreed, at, now);
    }

    static async Task OweAsync(Session session, DealRow deal, Stage stage, DateTimeOffset? agreed, DateTimeOffset at, DateTimeOffset now)
    {
        if (Stages.Owed(stage, at, agreed) is not { At: { } wanted } owed)
        {
            return;
        }
        var person = (await Person.FindAsync(session, deal.ProspectId, null))!;
        // A date that was agreed stands as it is; what we set ourselves moves to a day we work and, for calls, to their hours.
        var calendar = await PlanCalendar.LoadAsync(session, person, deal.RepId);
        var due = agreed == wanted ? wanted : calendar.Slot(TouchKinds.Parse(owed.Kind) ?? TouchKind.Call, wanted, null);
        await Obligations.AddAsync(session, new(deal.ProspectId, deal.RepId, null, owed.Kind, owed.Reason, due) { Source = ObligationSources.Stage, DealId = deal.Id }, now);
    }

    static DateTimeOffset? Agreed(Stage to, StageFactsGiven given) => to switch
    {
        Stage.MeetingAgreed => given.MeetingAt,
        Stage.ProposalSent or Stage.Deciding => given.ReviewAt,
        Stage.Lost or Stage.NotNow => given.AskAgainAt,
        _ => null,
    };

    static async Task CheckAsync(Session session, Stage to, StageFactsGiven given, DateTimeOffset now)
    {
        var hidden = await session.ScalarAsync<long>("select count(*) from stage_settings where stage = @stage and hidden = 1", new { stage = Names.Of(to) }) > 0;
        if (Stages.WhyNot(to, hidden, given.AskAgainAt, given.Never, now) is { } why)
        {
            throw new ProblemException(hidden ? Problems.Parameter("stage", Names.Of(to), "a stage that the team uses; GET /stages lists them") : Problems.AnswerNeedsDate.With(why));
        }
        if (to == Stage.ProposalSent && given.ReviewAt is null && !given.SkipReview)
        {
            throw new ProblemException(Problems.ReviewDateNeeded.With("When will you go through the proposal together? Without that date you will be chasing."));
        }
    }

    /// <summary>They asked not to be contacted: every open deal of theirs is a no, for good.</summary>
    public static async Task LoseForGoodAsync(Session session, long prospectId, DateTimeOffset at)
    {
        foreach (var deal in await session.QueryAsync<DealRow>(DealRow.Select + " d.prospect_id = @prospectId and d.closed_at_ms is null", new { prospectId }))
        {
            await MoveAsync(session, deal.Id, deal.Stage, Stage.Lost, new(Never: true, Reason: ClosingReason.AskedToStop), at, at);
        }
    }

    /// <summary>Open deals ask for something again, after a time on the shelf in which they did not.</summary>
    public static async Task OweAnewAsync(Session session, long prospectId, DateTimeOffset now)
    {
        foreach (var deal in await session.QueryAsync<DealRow>(DealRow.Select + " d.prospect_id = @prospectId and d.closed_at_ms is null", new { prospectId }))
        {
            await Obligations.SettleDealAsync(session, deal.Id, "revived", now);
            await OweAsync(session, deal, deal.Stage, null, now, now);
        }
    }

    /// <summary>After a touch, what the stage asks for comes later: by its usual days, but not before the next step.</summary>
    public static async Task TouchedAsync(Session session, DealRow deal, RepTime rep, DateTimeOffset? nextAt, DateTimeOffset now)
    {
        if (deal.ClosedAtMs is not null)
        {
            return;
        }
        var duty = Stages.Of(deal.Stage);
        var meeting = deal.Stage == Stage.MeetingAgreed ? Web.Times.Of(deal.MeetingAtMs) : null;
        if (meeting > now)
        {
            await Obligations.RedateStageAsync(session, deal.Id, "meeting", "the meeting that was agreed", meeting.Value);
            return;
        }
        var due = NextSteps.BusinessDayAfter(now, Math.Max(1, duty.DueDays));
        var review = deal.Stage is Stage.ProposalSent or Stage.Deciding ? Web.Times.Of(deal.ReviewAtMs) : null;
        due = review > now ? review.Value : nextAt > due ? nextAt.Value : due;
        await Obligations.RedateStageAsync(session, deal.Id, TouchKinds.Name(duty.Kind), duty.Owes, review > now ? due : Slots.WorkingDay(due, rep));
    }
}
