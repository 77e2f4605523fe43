using System.Security.Claims;

namespace Tracker.Access;

/// <summary>What a key may do. Each scope stands for itself: an admin key that shall also send needs both.</summary>
public static class Scopes
{
    public const string Send = "send", Read = "read", Admin = "admin";

    public static readonly IReadOnlyList<string> All = [Send, Read, Admin];
}

/// <summary>Who is asking: an API key, or a rep signed in on the page.</summary>
/// <param name="Id">Stable and unique among callers, such as <c>key:3</c>.</param>
/// <param name="RepId">The rep whose data the caller sees; null: everybody's.</param>
public sealed record Caller(string Id, string Name, long? RepId, IReadOnlyList<string> Scopes)
{
    internal const string IdClaim = "caller", RepClaim = "rep", ScopeClaim = "scope";

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var claims = new List<Claim> { new(IdClaim, Id), new(ClaimTypes.Name, Name) };
        claims.AddRange(Scopes.Select(s => new Claim(ScopeClaim, s)));
        if (RepId is { } rep)
        {
            claims.Add(new(RepClaim, rep.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
        return new(new ClaimsIdentity(claims, scheme));
    }

    public static Caller Of(ClaimsPrincipal user) => new(
        user.FindFirstValue(IdClaim) ?? throw new InvalidOperationException("The route lets callers in without authentication."),
        user.FindFirstValue(ClaimTypes.Name) ?? "",
        user.FindFirstValue(RepClaim) is { } rep ? long.Parse(rep, System.Globalization.CultureInfo.InvariantCulture) : null,
        [.. user.FindAll(ScopeClaim).Select(c => c.Value)]);

    const string SessionPrefix = "rep:";

    /// <summary>A rep signed in on the page.</summary>
    /// <param name="sees">Whose data; null: everybody's.</param>
    public static Caller OfSession(long repId, string name, long? sees, IReadOnlyList<string> scopes) => new(SessionPrefix + Web.Ids.Text(repId), name, sees, scopes);

    public static bool IsSession(ClaimsPrincipal user) => user.FindFirstValue(IdClaim)?.StartsWith(SessionPrefix, StringComparison.Ordinal) == true;

    /// <summary>Who is signed in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is; the caller is a key.</exception>
    public long SignedInRep => Id.StartsWith(SessionPrefix, StringComparison.Ordinal)
        ? Web.Ids.Parse(Id[SessionPrefix.Length..])!.Value
        : throw new InvalidOperationException("The caller is a key, not a rep on the page.");

    /// <summary>Lets handlers take a Caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext http) => new(Of(http.User));
}
