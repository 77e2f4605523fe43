using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Touches;

namespace Tracker.FollowUp;

/// <summary>Every route of follow-up.</summary>
public static class FollowUpEndpoints
{
    public static void MapFollowUp(this IEndpointRouteBuilder api)
    {
        api.MapDeals();
        api.MapTouches();
    }
}
