using System.Net;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

/// <summary>The document at /swagger/v1/swagger.json is complete, and what it shows works.</summary>
public sealed class OpenApiTests() : ApiContract(Engine.SqliteAsync)
{
    static readonly string[] ForAll = ["401", "403", "429", "500", "503"];

    async Task<OpenApiDocument> ReadAsync()
    {
        var text = await Server.Http.GetStringAsync("/swagger/v1/swagger.json", Ct);
        var result = OpenApiDocument.Parse(text, "json");
        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        return result.Document!;
    }

    static IEnumerable<(string Name, OpenApiOperation Operation)> Operations(OpenApiDocument document) =>
        from path in document.Paths
        from operation in path.Value.Operations!
        select ($"{operation.Key.Method.ToUpperInvariant()} {path.Key}", operation.Value);

    [Fact]
    public async Task It_has_every_route_and_each_is_told_in_full()
    {
        var document = await ReadAsync();
        var operations = Operations(document).ToList();
        Assert.Equal(ApiRoutes.Of(Server).Where(r => r.Pattern.StartsWith("/api/v1", StringComparison.Ordinal)).Select(r => r.Name).Order(), operations.Select(o => o.Name).Order());
        Assert.Equal(operations.Count, operations.Select(o => o.Operation.OperationId).Distinct().Count());
        foreach (var (name, operation) in operations)
        {
            Assert.False(string.IsNullOrEmpty(operation.Summary), name);
            Assert.NotEmpty(operation.Security!);
            var success = Assert.Single(operation.Responses!, r => r.Key.StartsWith('2'));
            Assert.True(success.Value.Content!["application/json"].Example is not null, $"{name} shows no answer");
            Assert.Empty(ForAll.Except(operation.Responses!.Keys));
            foreach (var (status, response) in operation.Responses!.Where(r => r.Key[0] is '4' or '5'))
            {
                var examples = response.Content!["application/problem+json"].Examples!;
                Assert.NotEmpty(examples);
                Assert.All(examples, e => Assert.Equal(Problems.All.Single(p => p.Slug == e.Key).Status.ToString(System.Globalization.CultureInfo.InvariantCulture), status));
            }
            Assert.All(operation.Parameters ?? [], p => Assert.False(string.IsNullOrEmpty(p.Description), $"{name}: {p.Name} is not described"));
        }
    }

    [Fact]
    public async Task Its_request_examples_work()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        await Server.VisitAsync((await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl"));
        await feed.NextAsync("prompt.raised");
        await FollowUpRequests.SetUpAsync(Rita);
        await Server.RepAsync("olga@example.com");
        var admin = await Server.ClientAsync(null, Access.Scopes.Admin);
        var sent = new List<string>();
        // Outcome and dismissal close the prompt, so they come last; the second then says so.
        var order = new[] { "ratePrompt", "snoozePrompt", "logTouch", "givePromptOutcome", "dismissPrompt", "handPrompt", "moveDeal", "endPlan", "startPlan", "parkProspect" };
        foreach (var (name, operation) in Operations(await ReadAsync()).OrderBy(o => Array.IndexOf(order, o.Operation.OperationId)))
        {
            foreach (var (type, media) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                var example = media.Example ?? throw new InvalidOperationException($"{name} shows no {type}");
                if (operation.OperationId == "snoozePrompt")
                {
                    // The only one that depends on the day.
                    example["until"] = Server.Time.GetUtcNow().AddHours(1).ToString("O");
                }
                var content = new StringContent(type == "application/json" ? example.ToJsonString() : example.GetValue<string>());
                content.Headers.ContentType = new(type);
                var path = new ApiRoute("", name.Split(' ')[1]).At(operation.OperationId == "changePlanTouch" ? "2" : "1").Replace("/plans/2", "/plans/1", StringComparison.Ordinal)["/api/v1".Length..];
                using var answer = await (operation.OperationId == "hideStage" ? admin : Rita).SendAsync(new(name.Split(' ')[0]), path, content);
                var text = await answer.Content.ReadAsStringAsync(Ct);
                Assert.True(answer.IsSuccessStatusCode || (operation.OperationId is "dismissPrompt" or "givePromptOutcome" or "handPrompt" && answer.StatusCode == HttpStatusCode.Conflict), $"{name} {type}: {text}");
                sent.Add(operation.OperationId!);
            }
        }
        Assert.Equal(37, sent.Count);
    }

    [Fact]
    public async Task Its_answer_examples_have_the_fields_of_real_answers()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var message = await Rita.MailAsync(Mails.Proposal());
        Assert.Equal("1", await DeliveryAsync(message));
        await Server.VisitAsync(message.Text("copies", 0, "links", 0, "trackedUrl"));
        var hit = (await feed.NextAsync("hit")).Data.Text("hitId");
        await feed.NextAsync("prompt.raised");
        await FollowUpRequests.SetUpAsync(Rita);
        foreach (var (name, operation) in Operations(await ReadAsync()).Where(o => o.Name.StartsWith("GET", StringComparison.Ordinal)))
        {
            var path = new ApiRoute("GET", name.Split(' ')[1]).At(name.Contains("/hits/", StringComparison.Ordinal) ? hit : "1")["/api/v1".Length..];
            using var answer = await Rita.SendAsync(HttpMethod.Get, FollowUpRequests.WithQuery(path), null, ("Accept", "application/json"));
            var real = await Answers.JsonAsync(answer, HttpStatusCode.OK);
            var example = operation.Responses!.Single(r => r.Key.StartsWith('2')).Value.Content!["application/json"].Example!;
            Assert.Equal((name, Fields(real)), (name, Fields(example)));
            if (real["items"] is JsonArray { Count: > 0 } items && items[0] is JsonObject)
            {
                Assert.Equal((name, Fields(items[0]!)), (name, Fields(example.At("items", 0)!)));
            }
        }
    }

    static string Fields(JsonNode node) => string.Join(' ', node.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
}
