using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Settings;

namespace Tracker.Web;

/// <summary>
/// Refuses bodies that are too large before they are sent. Kestrel's own limit would cut the connection in the middle of the upload, and the client
/// would see a broken pipe and never the 413; so what is announced is compared here, and Kestrel is left to read the rest away.
/// </summary>
public sealed class BodyLimit(RequestDelegate next, TrackerSettings settings)
{
    /// <summary>For everything that is not mail.</summary>
    public const long JsonBytes = 1_000_000;

    public static ProblemHttpResult TooLarge(long limit) =>
        Problems.TooLarge.With(string.Create(CultureInfo.InvariantCulture, $"The limit is {limit:N0} bytes."));

    public Task InvokeAsync(HttpContext http)
    {
        var takesMail = HttpMethods.IsPost(http.Request.Method) && http.Request.Path.Equals("/api/v1/messages", StringComparison.OrdinalIgnoreCase);
        var limit = takesMail ? settings.MessageBytes : JsonBytes;
        var kestrel = http.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (http.Request.ContentLength > limit)
        {
            if (kestrel is { IsReadOnly: false })
            {
                kestrel.MaxRequestBodySize = null;
            }
            http.Response.Headers.Connection = "close";
            return TooLarge(limit).ExecuteAsync(http);
        }
        if (kestrel is { IsReadOnly: false })
        {
            // A body without a length is counted while it is read; one more byte than allowed is enough to know.
            kestrel.MaxRequestBodySize = limit + 1;
        }
        return next(http);
    }
}
