using Tracker.Access;

namespace Tracker.Pages.Team;

/// <summary>A rep's own settings, and for administrators the team's and the server's.</summary>
public static class SettingsEndpoints
{
    public static void MapSettings(this IEndpointRouteBuilder pages)
    {
        pages.MapOwnSettings();
        var admin = pages.MapGroup("/settings");
        admin.RequireAuthorization(p => p.RequireClaim(Caller.ScopeClaim, Scopes.Admin));
        admin.MapTeam();
        admin.MapMember();
        admin.MapKeys();
        admin.MapNetworks();
        admin.MapMailAccounts();
        admin.MapServer();
    }
}
