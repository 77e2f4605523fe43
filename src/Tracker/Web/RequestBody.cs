using System.Text.Json;

namespace Tracker.Web;

public static class RequestBody
{
    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ProblemException">It is larger than the limit.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http, long maxBytes)
    {
        using var buffer = new MemoryStream((int)Math.Min(http.Request.ContentLength ?? 0, maxBytes));
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (buffer.Length + read > maxBytes)
            {
                throw new ProblemException(BodyLimit.TooLarge(maxBytes));
            }
            buffer.Write(chunk, 0, read);
        }
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <returns>Null when there is no form, or none that can be read.</returns>
    public static async Task<IFormCollection?> FormAsync(HttpRequest request)
    {
        try
        {
            return request.HasFormContentType ? await request.ReadFormAsync(request.HttpContext.RequestAborted) : null;
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
        {
            return null;
        }
    }
}

public static class JsonErrors
{
    /// <summary>Names the place, so that the caller need not count braces.</summary>
    public static string Explain(JsonException e)
    {
        var what = e.Message.Split(" Path: ")[0];
        // The framework names its own types here, which say nothing to the caller.
        what = what.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "The value is of another type than is taken here." : what;
        return $"At {(e.Path is { Length: > 0 } path ? path : "the start")}, line {(e.LineNumber ?? 0) + 1}: {what}";
    }
}
