using Microsoft.AspNetCore.Http.HttpResults;

namespace Tracker.Web;

/// <summary>One kind of error the API can answer with.</summary>
/// <param name="Slug">Stable; the last part of the problem's <c>type</c> and an anchor in docs/problems.md.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The same for every occurrence.</param>
/// <param name="WayOut">What the caller can do about it; in the OpenAPI document and the documentation.</param>
public sealed record ProblemKind(string Slug, int Status, string Title, string WayOut)
{
    /// <summary>Relative, so that it resolves against this server; <c>/problems/{slug}</c> answers with the way out.</summary>
    public string Type => "/problems/" + Slug;

    public ProblemHttpResult With(string detail) =>
        TypedResults.Problem(detail, statusCode: Status, title: Title, type: Type);
}

/// <summary>Everything that can go wrong in answer to an API request; docs/problems.md is made from it.</summary>
public static class Problems
{
    public static readonly ProblemKind Unauthorized = new("unauthorized", 401, "An API key is needed", "Send 'Authorization: Bearer KEY'. Make a key with 'tracker keys create --name NAME --scope read'.");
    public static readonly ProblemKind Forbidden = new("forbidden", 403, "The key may not do this", "Use a key with the scope that the route names, or one that is bound to the right rep.");
    public static readonly ProblemKind NotFound = new("not-found", 404, "No such thing", "Check the id. A key bound to a rep sees that rep's data only.");
    public static readonly ProblemKind NoSuchRoute = new("no-such-route", 404, "No such address", "The routes are listed at /swagger.");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "The address does not take this method", "The Allow header names the methods it takes.");
    public static readonly ProblemKind NotAcceptable = new("not-acceptable", 406, "Cannot answer in that form", "Ask for application/json; message/rfc822 is possible for a mail with exactly one recipient.");
    public static readonly ProblemKind AlreadyClosed = new("already-closed", 409, "The prompt is closed", "Read the prompt to see how it was closed, and by which outcome.");
    public static readonly ProblemKind PlanEnded = new("plan-ended", 409, "The plan has ended", "Start another with POST /prospects/{id}/plans; what was planned and done stays.");
    public static readonly ProblemKind DeliveryOver = new("delivery-over", 409, "The delivery cannot be taken back", "Read the delivery: it was handed over, has failed, was cancelled, or is being handed over at this moment.");
    public static readonly ProblemKind InProgress = new("request-in-progress", 409, "The same request is being worked on", "Wait for its answer, then send it again with the same Idempotency-Key to get that answer.");
    public static readonly ProblemKind TooLarge = new("too-large", 413, "The body is too large", "Send less; the limit for mail is the setting Tracker:MessageBytes.");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported-media-type", 415, "The body is of a type this route does not take", "Send application/json, or message/rfc822 where a mail is taken.");
    public static readonly ProblemKind InvalidJson = new("invalid-json", 400, "The body is not the JSON this route takes", "Compare it with the example at /swagger.");
    public static readonly ProblemKind InvalidParameter = new("invalid-parameter", 400, "A parameter or field is out of range", "The detail names it, its value and what it takes.");
    public static readonly ProblemKind EmptyMail = new("empty-mail", 400, "There is no mail in the body", "Send the mail as it would go to the mail server, header section first.");
    public static readonly ProblemKind NoHeaderSection = new("no-header-section", 400, "The mail has no header section", "A mail begins with header lines such as From: and To:, then an empty line.");
    public static readonly ProblemKind NoRecipient = new("no-recipient", 400, "The mail names no recipient", "Put at least one address into To, Cc or Bcc.");
    public static readonly ProblemKind UnknownRep = new("unknown-rep", 422, "No such rep", "Add the rep with 'tracker reps add EMAIL --name NAME', or name another with ?rep=.");
    public static readonly ProblemKind RepNeeded = new("rep-needed", 422, "Which rep is meant?", "This key is bound to no rep, so the request must name one: ?rep=EMAIL.");
    public static readonly ProblemKind CannotDeliver = new("cannot-deliver", 422, "This server cannot send the mail", "Set a mail server on the page (Settings, Outgoing mail) or in Tracker:Mail (docs/mail.md); or leave out ?deliver=true, send the returned copies with your own mail server, then POST /messages/{id}/sent.");
    public static readonly ProblemKind CannotTrack = new("cannot-track", 422, "The address cannot be tracked", "Give an absolute http or https URL that fits a link of 1,000 characters, to a recipient who has not refused tracking.");
    public static readonly ProblemKind NextStepNeeded = new("next-step-needed", 422, "The next step is missing", "Give nextStep with kind and date, or with kind 'stop'. Where a plan runs it is filled in.");
    public static readonly ProblemKind AnswerNeedsDate = new("answer-needs-date", 422, "A no or a not now needs a date", "Give askAgainAt, a day in the future; a no may be never: true instead.");
    public static readonly ProblemKind ReviewDateNeeded = new("review-date-needed", 422, "The date of the review comes first", "Give reviewAt, the day on which you go through the proposal together, or skipReview: true.");
    public static readonly ProblemKind ReasonUsed = new("reason-used", 422, "The reason was used, or is none", "Take one of the reasons that the detail names, or another of GET /banks/reasons.");
    public static readonly ProblemKind ImportRefused = new("import-refused", 422, "Nothing was imported", "Correct the rows that the detail names, or try again with dryRun; nothing is ever half imported.");
    public static readonly ProblemKind IdempotencyKeyReused = new("idempotency-key-reused", 422, "The Idempotency-Key belongs to another request", "Use a new key for a new request.");
    public static readonly ProblemKind TooManyRequests = new("too-many-requests", 429, "Too many requests", "Wait as many seconds as Retry-After says.");
    public static readonly ProblemKind Internal = new("internal", 500, "Tracker failed", "The log has the details under the trace id. Nothing was half done.");
    public static readonly ProblemKind DatabaseUnavailable = new("database-unavailable", 503, "The database cannot be reached", "Pixels and links still work and their hits are kept. Try again as Retry-After says; /health/ready says why.");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        .. typeof(Problems).GetFields().Where(f => f.FieldType == typeof(ProblemKind)).Select(f => (ProblemKind)f.GetValue(null)!).OrderBy(p => p.Status).ThenBy(p => p.Slug),
    ];

    public static ProblemHttpResult NoSuch(string thing, string id) => NotFound.With($"There is no {thing} '{Short(id)}', or it is not yours to see.");

    public static ProblemHttpResult Parameter(string name, string? value, string right) =>
        InvalidParameter.With($"'{name}' is '{Short(value ?? "")}'. It takes {right}.");

    /// <summary>What came from outside is quoted shortened, so that an answer cannot be blown up.</summary>
    static string Short(string text) => text.Length <= 100 ? text : text[..100] + "…";
}

/// <summary>Ends a request with a problem from deep inside it.</summary>
public sealed class ProblemException(ProblemHttpResult problem) : Exception(problem.ProblemDetails.Detail)
{
    public ProblemHttpResult Problem { get; } = problem;
}
