using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Web;

namespace Tracker.Pages;

/// <summary>Tells a problem as a page to whoever went to an address with a browser; programs and the page's own modules get it as problem+json.</summary>
sealed class ProblemPages : IProblemDetailsWriter
{
    /// <summary>For programs, whatever they say they accept; and answers that are the same for everybody.</summary>
    static readonly string[] ForPrograms = ["/api", "/swagger", "/metrics", "/health", "/c", "/o", "/u"];

    public bool CanWrite(ProblemDetailsContext context)
    {
        var request = context.HttpContext.Request;
        return request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) && !ForPrograms.Any(p => request.Path.StartsWithSegments(p));
    }

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var kind = Problems.All.FirstOrDefault(k => k.Type == problem.Type) ?? Problems.Internal;
        http.Response.Headers.CacheControl = "no-store";
        await new RazorComponentResult<ProblemPage>(new { Kind = kind, problem.Detail, IsAnswer = true }) { StatusCode = problem.Status ?? kind.Status }.ExecuteAsync(http);
    }
}
