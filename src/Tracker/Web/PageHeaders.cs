namespace Tracker.Web;

/// <summary>Headers of everything that is not a pixel or link. Nothing here loads from elsewhere or may be framed.</summary>
public static class PageHeaders
{
    const string Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tracker-parts";

    // Swagger UI brings its own inline style and script; it shows no data of ours.
    const string SwaggerPolicy = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void UsePageHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        // At the last moment: an error handled on the way clears what was set before.
        http.Response.OnStarting(() => Set(http));
        return next(http);
    });

    static Task Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // To other sites nothing; to this one the origin, which browsers otherwise hide in forms too.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger") ? SwaggerPolicy : Policy;
        if (http.Request.IsHttps)
        {
            // A year, as ASVS 5.0 3.4.1 asks.
            headers.StrictTransportSecurity = "max-age=31536000";
        }
        return Task.CompletedTask;
    }
}
