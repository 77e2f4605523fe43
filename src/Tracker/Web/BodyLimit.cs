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
    /// <summary>For everything that is neither mail nor an import.</summary>
    public const long JsonBytes = 1_000_000;

    public static ProblemHttpResult TooLarge(long limit) =>
        Problems.TooLarge.With(string.Create(CultureInfo.InvariantCulture, $"The limit is {limit:N0} bytes."));

    // Routing takes the address with a slash at its end too.
    static bool IsMessages(PathString path) => path.StartsWithSegments("/api/v1/messages", StringComparison.OrdinalIgnoreCase, out var rest) && rest.Value is "" or "/" or null;

    // A team's whole list is larger than a form.
    static bool IsImport(PathString path) => path.StartsWithSegments("/api/v1/import", StringComparison.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext http)
    {
        var takesMail = HttpMethods.IsPost(http.Request.Method) && (IsMessages(http.Request.Path) || IsImport(http.Request.Path));
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
        if (http.Request.ContentLength is null)
        {
            // A body that does not announce its length is counted while it is read.
            if (kestrel is { IsReadOnly: false })
            {
                kestrel.MaxRequestBodySize = null;
            }
            http.Request.Body = new CountedBody(http.Request.Body, limit);
        }
        return next(http);
    }
}

/// <summary>A request body that refuses to be read beyond a limit.</summary>
sealed class CountedBody(Stream body, long limit) : Stream
{
    long _read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="ProblemException">There is more than the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        return (_read += read) <= limit ? read : throw new ProblemException(BodyLimit.TooLarge(limit));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronously.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
}
