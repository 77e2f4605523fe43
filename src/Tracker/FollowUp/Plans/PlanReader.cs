using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Banks;
using Tracker.FollowUp.People;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

public static class PlanReader
{
    const string PushBack = "I conclude from your silence that this is not a good time. If I am wrong, tell me what has changed; if not, I will ask again when you say.";
    const string BreakUp = "This is my last message about it. If it becomes important to you, you know where I am; I will leave you in peace until then.";

    sealed record InsightRow
    {
        public long Id { get; init; }
        public string Who { get; init; } = "";
        public string Said { get; init; } = "";
        public long AtMs { get; init; }
    }

    public static async Task<PlanView> ViewAsync(Session session, PlanRow plan, DateTimeOffset now)
    {
        var touches = await PlanTouchRow.OfAsync(session, plan.Id);
        var person = (await Person.FindAsync(session, plan.ProspectId, null))!;
        var insights = await session.QueryAsync<InsightRow>("select id, who, said, at_ms from insights where prospect_id = @id order by id desc", new { id = plan.ProspectId });
        var next = touches.FirstOrDefault(t => t.State == "planned");
        var decision = plan.State != "ended" && next is not null ? await PlanSteps.DecideAsync(session, plan, person, next, now) : null;
        var ready = (await BankBook.ReadyAsync(session, plan.ProspectId, plan.RepId)).Select(r => r.Text);
        var used = (await BankBook.UsedReasonsAsync(session, plan.ProspectId, now)).Select(u => u.Reason).ToHashSet();
        var left = (await BankBook.TextsAsync(session, ShippedBanks.Reasons)).Count(r => !used.Contains(r.Text));
        return new(
            Ids.Text(plan.Id), Ids.Text(plan.ProspectId), plan.DealId is { } d ? Ids.Text(d) : null, plan.Template, PlanTemplates.Find(plan.Template)?.Name ?? plan.Template, plan.State, plan.CycleDays,
            Times.Of(plan.StartedAtMs), Times.Of(plan.PausedUntilMs), plan.PauseReason, Times.Of(plan.EndedAtMs), plan.EndReason, [.. touches.Select(PlanTouchView.Of)],
            [.. insights.Select(i => new InsightView(Ids.Text(i.Id), i.Who, i.Said, Times.Of(i.AtMs)))], left, [.. ready.Where(r => !used.Contains(r))], Names.Of(decision?.Offer ?? PlanOffer.None),
            decision?.Offer switch { PlanOffer.PushBack => PushBack, PlanOffer.BreakUp => BreakUp, _ => null }, decision?.Why);
    }
}
