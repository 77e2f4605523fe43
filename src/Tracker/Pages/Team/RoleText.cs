using Tracker.Access;

namespace Tracker.Pages.Team;

/// <summary>Roles in the words of the page.</summary>
static class RoleText
{
    public static string Of(Role role) => role switch
    {
        Role.Admin => "administrator: everything, and the settings",
        Role.Manager => "manager: the whole team's prospects",
        _ => "rep: their own prospects",
    };

    public static string Short(Role role) => role switch { Role.Admin => "administrator", Role.Manager => "manager", _ => "rep" };
}
