using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

/// <summary>A server on a Tuesday morning at ten, which is in everybody's hours, whatever day it really is.</summary>
public abstract class FollowUpContract(Func<Task<Engine>> start) : ApiContract(start)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var now = Server.Time.GetUtcNow();
        var days = ((int)DayOfWeek.Tuesday - (int)now.DayOfWeek + 7) % 7;
        var tuesday = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(days).AddHours(10);
        Server.Time.Advance((tuesday > now ? tuesday : tuesday.AddDays(7)) - now);
    }

    protected DateTimeOffset Now => Server.Time.GetUtcNow();

    protected string In(double days) => Now.AddDays(days).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    protected static DateTimeOffset Time(JsonNode node, params object[] path) => DateTimeOffset.Parse(node.Text(path), CultureInfo.InvariantCulture);

    protected static IEnumerable<JsonNode> Items(JsonNode node, params object[] path) => node.At(path)!.AsArray().Select(n => n!);

    /// <summary>A deal with a prospect of its own; its answer has <c>deal</c> and <c>owed</c>.</summary>
    protected Task<JsonNode> DealAsync(string stage = "lead", string email = "paul@customer.example", decimal value = 0, string? plan = null, object? more = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { }, Web.ApiJson.Options)!.AsObject();
        body["prospect"] ??= new JsonObject { ["email"] = email, ["name"] = "Paul Prospect", ["company"] = "Customer Ltd" };
        (body["stage"], body["value"], body["plan"]) = (body["meetingAt"] is null ? stage : null, value, plan);
        return Rita.PostAsync("/deals", body.ToJsonString(), HttpStatusCode.Created);
    }

    protected Task<JsonNode> TouchAsync(string prospect, string kind, string? outcome = null, object? nextStep = null, HttpStatusCode expected = HttpStatusCode.Created, object? more = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { }, Web.ApiJson.Options)!.AsObject();
        (body["kind"], body["outcome"]) = (kind, outcome);
        if (nextStep is not null)
        {
            body["nextStep"] = System.Text.Json.JsonSerializer.SerializeToNode(nextStep, Web.ApiJson.Options);
        }
        return Rita.PostAsync($"/prospects/{prospect}/touches", body.ToJsonString(), expected);
    }

    /// <summary>Sends a mail an hour ago.</summary>
    protected Task<JsonNode> MailAsync(string to = "Paul Prospect <paul@customer.example>", string subject = "Our proposal", string text = "Hello, here is our offer.") =>
        Rita.MailAsync(Mails.Proposal(to, subject, text: text), sentAt: Now.AddHours(-1));

    /// <summary>Somebody follows a link of the mail, and the prompt is there.</summary>
    protected async Task<JsonNode> ReadAsync(JsonNode mail, bool click = true)
    {
        await Server.VisitAsync(click ? mail.Text("copies", 0, "links", 0, "trackedUrl") : mail.Text("copies", 0, "openUrl"));
        var prospect = mail.Text("copies", 0, "prospectId");
        await Until.TrueAsync(async () => (await Rita.GetAsync("/prompts?state=live")).At("items")!.AsArray().Any(p => p!.Text("prospectId") == prospect), "a prompt is raised");
        return (await Rita.GetAsync("/prompts?state=live")).At("items")!.AsArray().First(p => p!.Text("prospectId") == prospect)!;
    }

    /// <summary>Lets the live prompt run out.</summary>
    protected async Task MissAsync()
    {
        Server.Time.Advance(TimeSpan.FromMinutes(61));
        await Until.TrueAsync(async () => (await Rita.GetAsync("/prompts?state=expired")).At("items")!.AsArray().Count > 0, "the prompt has run out");
    }

    protected Task<JsonNode> TodayAsync() => Rita.GetAsync("/today?limit=1000");

    protected Task<JsonNode> StandingAsync(string prospect) => Rita.GetAsync($"/prospects/{prospect}/follow-up");

    protected async Task<string> RefusedAsync(HttpMethod method, string path, object body, HttpStatusCode status) =>
        await Answers.ProblemAsync(await Rita.SendAsync(method, path, Answers.Json(body)), status);

    protected Task<T?> SqlAsync<T>(string sql, object? parameters = null) => Server.Database.WriteAsync(s => s.ScalarAsync<T>(sql, parameters), Ct);
}
