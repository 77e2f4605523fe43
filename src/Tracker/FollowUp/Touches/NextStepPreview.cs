using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Plans;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Touches;

/// <summary>What the next step would be, so that a form can show it before anything is logged.</summary>
public static class NextStepPreview
{
    /// <returns>The step; and whether it needs to be given: nobody leaves a conversation without one, unless a plan runs and fills it in.</returns>
    public static async Task<(NextStep Next, bool MustBeGiven)> OfAsync(Session session, long prospectId, long repId, Outcome outcome, DateTimeOffset now)
    {
        var usual = NextSteps.Default(outcome, now);
        if (outcome is Outcome.Stop or Outcome.NotNow or Outcome.WillCallUs || await PlanRow.CurrentAsync(session, prospectId, repId) is not { } plan)
        {
            return (usual, outcome is Outcome.Connected or Outcome.NotNow or Outcome.WillCallUs);
        }
        // What is due about now is what is being done; the one after it is next.
        var next = (await PlanTouchRow.OfAsync(session, plan.Id)).Where(t => t.State == "planned" && t.DueAtMs > (now + TouchBook.DoneAhead).Ms()).MinBy(t => t.DueAtMs);
        return (next is null ? usual : new(next.Kind, Times.Of(next.DueAtMs), next.Reason), false);
    }
}
