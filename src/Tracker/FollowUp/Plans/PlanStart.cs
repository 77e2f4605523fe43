using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.People;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Plans;

/// <summary>Which plan fits, and what it is started with.</summary>
public static class PlanStart
{
    public static string? Suggested(Stage stage) => stage switch
    {
        Stage.Lead => PlanTemplates.Lead,
        Stage.Met => PlanTemplates.AfterMeeting,
        Stage.ItemsAsked => PlanTemplates.AwaitingItems,
        Stage.ProposalSent or Stage.Deciding => PlanTemplates.ProposalSent,
        Stage.NotNow or Stage.Lost => PlanTemplates.WinBack,
        _ => null,
    };

    /// <exception cref="ProblemException">No such template.</exception>
    public static PlanTemplate Template(string name, string? key) => PlanTemplates.Find(key)
        ?? throw new ProblemException(Problems.Parameter(name, key, $"one of {string.Join(", ", PlanTemplates.All.Select(t => t.Key))}"));

    public static async Task ForDealAsync(Session session, DealRow deal, string? template, DateTimeOffset now)
    {
        if (template is not null)
        {
            var person = (await Person.FindAsync(session, deal.ProspectId, null))!;
            await RunAsync(session, person, deal.RepId, deal, Template("plan", template), now);
        }
    }

    /// <exception cref="ProblemException">They asked not to be contacted.</exception>
    public static async Task<long> RunAsync(Session session, Person person, long repId, DealRow? deal, PlanTemplate template, DateTimeOffset now)
    {
        if (person.IsStopped)
        {
            throw new ProblemException(Problems.PlanEnded.With($"{person.Email} asked not to be contacted. When they get in touch themselves, log that, and a plan can start again."));
        }
        await Parking.EndAsync(session, person.Id, "a plan was started", now);
        var anchors = await PlanDates.AnchorsAsync(session, person.Id, now);
        if (Times.Of(deal?.ReviewAtMs) is { } review && review > now)
        {
            anchors[PlanSchedule.Review] = review;
        }
        return await PlanBook.StartAsync(session, new(person, repId, deal?.Id, template, anchors), now);
    }
}
