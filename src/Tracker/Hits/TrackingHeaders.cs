namespace Tracker.Hits;

/// <summary>What every answer on the tracking host carries. No cookie, ever.</summary>
public static class TrackingHeaders
{
    public static void Set(IHeaderDictionary headers)
    {
        // Without no-store, proxies answer the second look themselves and it is never seen.
        headers.CacheControl = "no-store";
        // The destination must not learn the token.
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }
}
