using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Switches;

/// <summary>Links that are out already: stop them, lead them elsewhere, let them lead where their author said again.</summary>
public static class SwitchEndpoints
{
    const int MaxReason = 500;

    public static void MapSwitches(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/links").WithTags("Links that are out");
        group.MapGet("/rules", ListAsync).RequireScope(Scopes.Read).WithName("listLinkRules").WithSummary("What is stopped or replaced, latest first")
            .WithDescription("A key that is bound to a rep sees what is about that rep's mail.").Produces<Page<SwitchView>>();
        Post(group, "/stop", StopAsync).WithName("stopLinks").WithSummary("Stops a link, a message, a rep's mail or a destination host")
            .WithDescription("Whoever follows a stopped link gets a plain page with status 410 that says so; the hit is recorded all the same. Reps and hosts need the scope `admin` too.");
        Post(group, "/replace", ReplaceAsync).WithName("replaceLink").WithSummary("Leads one link elsewhere, also in mail that is out")
            .WithDescription("For the wrong link that was already sent. Takes a `url`, or a `message` or `copy` with a `link`.");
        Post(group, "/resume", ResumeAsync).WithName("resumeLinks").WithSummary("Lets links lead where their author said again")
            .WithDescription("Takes what `stop` or `replace` was told.");
    }

    static RouteHandlerBuilder Post(RouteGroupBuilder group, string path, Delegate handler) => group.MapPost(path, handler).RequireScope(Scopes.Send)
        .Produces<SwitchView>().ProducesProblems(Problems.NotFound, Problems.Forbidden, Problems.InvalidParameter, Problems.InvalidJson);

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, SwitchBook book)
    {
        var owner = caller.RepId is { } id ? await database.ReadAsync(s => Reps.FindAsync(s, id), http.RequestAborted) : null;
        return TypedResults.Ok(new Page<SwitchView>([.. book.List(owner?.Email).Select(SwitchView.Of)], null));
    }

    static async Task<IResult> StopAsync(HttpContext http, Caller caller, Database database, SwitchBook book, SwitchRequest body)
    {
        if (body.Replacement is not null)
        {
            return Problems.Parameter("replacement", body.Replacement, "nothing here; /links/replace leads a link elsewhere");
        }
        Check(body, caller);
        return Answer(await book.SetAsync(database, body.Target, caller.RepId, null, body.Reason, http.RequestAborted), body);
    }

    static async Task<IResult> ReplaceAsync(HttpContext http, Caller caller, Database database, SwitchBook book, SwitchRequest body)
    {
        Check(body, caller);
        if (body.Url is null && body.Link is null)
        {
            return Problems.Parameter("link", null, "the index of the one link to replace, or leave it out and give its tracked address as 'url'");
        }
        if (body.Replacement is null || !Destinations.IsAllowed(body.Replacement))
        {
            return Problems.Parameter("replacement", body.Replacement, "an absolute http or https address without spaces");
        }
        return Answer(await book.SetAsync(database, body.Target, caller.RepId, body.Replacement, body.Reason, http.RequestAborted), body);
    }

    static async Task<IResult> ResumeAsync(HttpContext http, Caller caller, Database database, SwitchBook book, SwitchRequest body)
    {
        Check(body, caller);
        return Answer(await book.ResumeAsync(database, body.Target, caller.RepId, http.RequestAborted), body);
    }

    static void Check(SwitchRequest body, Caller caller)
    {
        if (body.Target.Problem() is { } problem)
        {
            throw new ProblemException(Problems.InvalidParameter.With($"The body says what is meant by {problem}."));
        }
        Texts.AtMost(MaxReason, "reason", body.Reason);
        if ((body.Rep ?? body.Host) is not null && !caller.Scopes.Contains(Scopes.Admin))
        {
            throw new ProblemException(Problems.Forbidden.With("Stopping a rep or a host is for keys with the scope 'admin'."));
        }
    }

    static IResult Answer(SwitchRule? rule, SwitchRequest body) => rule is not null
        ? TypedResults.Ok(SwitchView.Of(rule))
        : Problems.NoSuch("link, message, copy, rep or rule for", body.Url ?? body.Message ?? body.Copy ?? body.Rep ?? body.Host ?? "");
}
