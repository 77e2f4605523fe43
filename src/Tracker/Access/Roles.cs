namespace Tracker.Access;

/// <summary>What a rep may see and do on the page and over REST with their session.</summary>
public enum Role
{
    /// <summary>Their own prospects.</summary>
    Rep,

    /// <summary>The team's prospects: everybody's on this server.</summary>
    Manager,

    /// <summary>Everything, and the team and its settings.</summary>
    Admin,
}

public static class Roles
{
    public static string Text(Role role) => role.ToString().ToLowerInvariant();

    /// <returns>Null for what is no role.</returns>
    public static Role? Parse(string? text) => text switch { "rep" => Role.Rep, "manager" => Role.Manager, "admin" => Role.Admin, _ => null };

    public static IReadOnlyList<string> ScopesOf(Role role) => role == Role.Admin ? Scopes.All : [Scopes.Send, Scopes.Read];
}
