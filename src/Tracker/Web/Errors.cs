using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>Turns whatever ends a request into a problem; what nobody expected is logged and told as 500 without details.</summary>
public sealed partial class Errors(Database database, ILogger<Errors> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true;
        }
        var problem = Of(httpContext, exception);
        if (httpContext.Response.HasStarted)
        {
            return true;
        }
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    ProblemHttpResult Of(HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case ProblemException e:
                return e.Problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.TooLarge.With("The body is larger than this route takes.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                return Problems.UnsupportedMediaType.With($"The body is '{http.Request.ContentType}'; this route takes application/json.");
            case BadHttpRequestException { InnerException: JsonException json }:
                return Problems.InvalidJson.With(JsonErrors.Explain(json));
            case BadHttpRequestException e when e.Message.Split('"') is ["Failed to bind parameter ", var parameter, " from ", .. var value, "."]:
                return Problems.Parameter(JsonNamingPolicy.CamelCase.ConvertName(parameter.Split(' ')[^1]), string.Join('"', value), "what /swagger says");
            case BadHttpRequestException e when e.Message.Contains("body", StringComparison.Ordinal):
                return Problems.InvalidJson.With("The route takes a JSON body, and there is none.");
            case BadHttpRequestException e:
                return Problems.InvalidParameter.With(e.Message);
            case DbException db when database.Dialect.IsUnavailable(db):
                LogDatabase(db.Message);
                http.Response.Headers.RetryAfter = "5";
                return Problems.DatabaseUnavailable.With("The database did not answer.");
            default:
                // The same id that the problem carries as traceId.
                var trace = Activity.Current?.Id ?? http.TraceIdentifier;
                LogFailed(http.Request.Method, http.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "no route", trace, exception);
                return Problems.Internal.With($"Look for {trace} in the log.");
        }
    }

    /// <summary>Answers without a body get one: a status alone does not tell the way out.</summary>
    public static async Task EmptyAnswerAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var problem = http.Response.StatusCode switch
        {
            404 => Problems.NoSuchRoute.With($"There is nothing at {http.Request.Path}."),
            405 => Problems.MethodNotAllowed.With($"{http.Request.Method} is not possible here; possible: {http.Response.Headers.Allow}."),
            413 => Problems.TooLarge.With("The body is larger than this route takes."),
            415 => Problems.UnsupportedMediaType.With($"The body is '{http.Request.ContentType}'; this route takes application/json."),
            400 => Problems.InvalidParameter.With("The request could not be read."),
            _ => null,
        };
        if (problem is not null)
        {
            await problem.ExecuteAsync(http);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Route} failed, trace {TraceId}")]
    partial void LogFailed(string method, string route, string traceId, Exception exception);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "The database did not answer an API request: {Problem}")]
    partial void LogDatabase(string problem);
}
