using System.Net;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Bodies for follow-up's routes, and the things they are about: a deal, a plan and what belongs to them, all with the id 1 for prospect 1.</summary>
public static class FollowUpRequests
{
    const string Later = "2032-03-06T10:00:00Z";

    /// <summary>By method and pattern below /api/v1.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Bodies = new Dictionary<string, string?>
    {
        ["POST /banks/{bank}"] = """{"topic":"newPrice","text":"two seats for the price of one"}""",
        ["PUT /banks/{bank}/{id}"] = """{"topic":"newPrice","text":"a new price"}""",
        ["DELETE /banks/{bank}/{id}"] = null,
        ["POST /deals"] = """{"prospectId":"1","title":"Ten seats","value":4800}""",
        ["PUT /deals/{id}"] = """{"value":5200}""",
        ["POST /deals/{id}/stage"] = """{"stage":"met"}""",
        ["POST /import"] = """{"csv":"email\nimported@customer.example\n"}""",
        ["POST /obligations/{id}/move"] = $$"""{"to":"{{Later}}"}""",
        ["POST /plans/{id}/touches"] = $$"""{"kind":"card","at":"{{Later}}","reason":"their anniversary"}""",
        ["PUT /plans/{id}/touches/{touchId}"] = $$"""{"at":"{{Later}}"}""",
        ["DELETE /plans/{id}/touches/{touchId}"] = null,
        ["POST /plans/{id}/pause"] = $$"""{"until":"{{Later}}"}""",
        ["POST /plans/{id}/resume"] = null,
        ["POST /plans/{id}/end"] = """{"reason":"other"}""",
        ["PUT /prospects/{id}/call-time"] = """{"from":"10:00","to":"12:00"}""",
        ["POST /prospects/{id}/dates"] = """{"kind":"contractEnd","day":"2032-12-31"}""",
        ["POST /prospects/{id}/insights"] = """{"who":"Olaf","said":"Paul decides."}""",
        ["POST /prospects/{id}/items"] = """{"name":"The floor plan"}""",
        ["POST /prospects/{id}/items/{itemId}/received"] = null,
        ["POST /prospects/{id}/park"] = $$"""{"askAgainAt":"{{Later}}"}""",
        ["POST /prospects/{id}/plans"] = """{"template":"lead"}""",
        ["POST /prospects/{id}/referrals"] = """{"referrer":"Olaf Other"}""",
        ["POST /prospects/{id}/touches"] = """{"kind":"email","reason":"an answer"}""",
        ["POST /referrals/{id}/thanked"] = null,
        ["PUT /stages/{stage}"] = """{"hidden":false}""",
        ["PUT /working-time"] = """{"timeZone":"UTC"}""",
    };

    /// <summary>Addresses that need a query.</summary>
    public static string WithQuery(string path) => path.EndsWith("/advice", StringComparison.Ordinal) ? path + "?kind=call" : path;

    /// <summary>Prospect 1 must be there.</summary>
    public static async Task SetUpAsync(ApiClient client)
    {
        await client.PostAsync("/deals", new { prospectId = "1" }, HttpStatusCode.Created);
        await client.PostAsync("/prospects/1/plans", new { template = "lead" }, HttpStatusCode.Created);
        await client.PostAsync("/prospects/1/items", new { name = "The budget" }, HttpStatusCode.Created);
        await client.PostAsync("/prospects/1/referrals", new { referrer = "Olga Other" }, HttpStatusCode.Created);
        await client.PostAsync("/prospects/1/touches", new { kind = "email", reason = "a first thought" }, HttpStatusCode.Created);
        await client.GetAsync("/banks/reasons");
    }
}
