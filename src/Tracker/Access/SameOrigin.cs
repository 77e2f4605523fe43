namespace Tracker.Access;

/// <summary>Whether a request comes from a page of this server, from another site, or from no page at all.</summary>
public static class SameOrigin
{
    /// <summary>
    /// A browser says in Sec-Fetch-Site where a request comes from, and no script can forge it; over plain http on a network it leaves that out, but
    /// tells the Origin of every POST.
    /// </summary>
    public static bool IsOurs(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" or "none" => true,
        "" => request.Headers.Origin.ToString() is { Length: > 0 } origin && IsOwn(request, origin),
        _ => false,
    };

    /// <summary>Whether another site caused it. A client that is no browser says nothing of either kind and carries no cookie by accident.</summary>
    public static bool IsForeign(HttpRequest request) => !IsOurs(request)
        && (request.Headers.ContainsKey("Sec-Fetch-Site") || request.Headers.Origin.Count > 0);

    static bool IsOwn(HttpRequest request, string origin) => origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
