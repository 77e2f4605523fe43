using Tracker.FollowUp.Banks;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.Import;
using Tracker.FollowUp.People;
using Tracker.FollowUp.Plans;
using Tracker.FollowUp.Referrals;
using Tracker.FollowUp.Today;
using Tracker.FollowUp.Touches;

namespace Tracker.FollowUp;

/// <summary>Every route of follow-up.</summary>
public static class FollowUpEndpoints
{
    public static void MapFollowUp(this IEndpointRouteBuilder api)
    {
        api.MapToday();
        api.MapStages();
        api.MapDeals();
        api.MapPlans();
        api.MapTouches();
        api.MapStanding();
        api.MapPromised();
        api.MapReferrals();
        api.MapBanks();
        api.MapHours();
        api.MapFigures();
        api.MapObjections();
        api.MapImport();
    }
}
