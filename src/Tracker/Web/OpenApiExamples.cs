using System.Text.Json.Nodes;

namespace Tracker.Web;

/// <summary>What is shown at /swagger. A test sends the request examples to a running server, so they stay true.</summary>
public static class OpenApiExamples
{
    public const string Mail = "From: Rita Rep <rita@example.com>\r\nTo: Paul Prospect <paul@customer.example>\r\nSubject: Our proposal\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello Paul, here is <a href=\"https://example.com/pricing\">the pricing</a>.</p>\r\n";

    const string Delivery = """
        {"id":"21","copyId":"7","messageId":"5","recipient":"paul@customer.example","state":"sent","attempts":1,"createdAt":"2026-03-02T09:00:00.000Z","dueAt":null,"sentAt":"2026-03-02T09:00:05.000Z",
         "endedAt":"2026-03-02T09:00:05.000Z","status":"2.0.0","answer":"2.0.0 Ok: queued as 4F2B1"}
        """;

    const string Options = """
        {"rep":"rita@example.com","options":{"track":"both","plainTextLinks":false,"calendarInvites":false,"optOutFooter":"No more of this","trackingUrl":null},
         "inForce":{"track":"both","plainTextLinks":false,"calendarInvites":false,"optOutFooter":"No more of this","trackingUrl":"https://t.example.com"}}
        """;

    const string Copy = $$"""
        {"id":"7","prospectId":"3","recipient":"paul@customer.example","field":"to","instrumented":true,"reason":null,"openUrl":"https://t.example.com/o/AQH….gif","optOutUrl":"https://t.example.com/u/AQH…",
         "links":[{"index":0,"url":"https://example.com/pricing","tracked":true,"reason":null,"trackedUrl":"https://t.example.com/c/AQH…","label":"the pricing"}],"warnings":[],"mime":"RnJvbTog…","human":2,"automatic":12,"unknown":1,"opened":true,"likelyForwarded":false,"note":null,"delivery":{{Delivery}}}
        """;

    const string Message = $$"""
        {"id":"5","rep":"rita@example.com","kind":"mail","subject":"Our proposal","from":"rita@example.com","createdAt":"2026-03-02T09:00:00.000Z","sentAt":"2026-03-02T09:00:05.000Z",
         "muted":false,"metadata":{"deal":"4711"},"copies":[{{Copy}}],"human":2,"automatic":12,"unknown":1,"options":{"track":"both","plainTextLinks":false,"calendarInvites":false,"optOutFooter":"","trackingUrl":"https://t.example.com"} }
        """;

    const string Prompt = """
        {"id":"12","prospectId":"3","email":"paul@customer.example","name":"Paul Prospect","phone":"+49 30 123456","company":"customer.example","rep":"rita@example.com","messageId":"5",
         "hitId":"1772442000123","state":"open","advice":"Call now: they are thinking about you.","raisedAt":"2026-03-02T10:00:00.000Z","refreshedAt":"2026-03-02T10:04:00.000Z",
         "expiresAt":"2026-03-02T11:04:00.000Z","snoozedUntil":null,"closedAt":null,"reasons":["third look in 4 minutes, now on the “the pricing” link","reading “Our proposal”"],
         "outcome":null,"note":null,"minutes":null,"objection":null,"right":null,"nextStep":null,"metadata":{"deal":"4711"}}
        """;

    const string Prospect = """
        {"id":"3","email":"paul@customer.example","name":"Paul Prospect","phone":"+49 30 123456","company":"customer.example","companyId":"2","timeZone":"Europe/Berlin","externalId":"crm-99","rep":"rita@example.com",
         "metadata":{},"createdAt":"2026-03-01T08:00:00.000Z","heat":6.2,"lastEngagedAt":"2026-03-02T10:04:00.000Z","looks":3,"clicks":1,"sittings":1,"muted":false,"refused":false,"promptId":"12",
         "owed":[{"id":"4","kind":"call","reason":"missed call: third look in 4 minutes","dueAt":"2026-03-02T11:04:00.000Z","promptId":"12","source":"missed","moved":0}],"human":2,"automatic":12,"unknown":1,"note":"opens can't be seen, clicks can"}
        """;

    const string Hit = """
        {"hitId":"1772442000123","copyId":"7","prospectId":"3","recipient":"paul@customer.example","kind":"click","link":0,"linkLabel":"the pricing","at":"2026-03-02T10:04:00.000Z",
         "verdict":"human","reasons":["an ordinary browser, hours after sending"]}
        """;

    static string Rule(string state, string replacement) => $$"""
        {"name":"link 0 of message 1","state":"{{state}}","link":0,"replacement":{{replacement}},"host":null,"rep":null,"copies":1,"reason":null,"at":"2026-03-02T10:05:00.000Z"}
        """;

    static readonly Dictionary<string, string> Requests = new()
    {
        ["createMessage"] = """{"from":"Rita Rep <rita@example.com>","to":["Paul Prospect <paul@customer.example>"],"subject":"Our proposal","html":"<p>Hello Paul, here is <a href=\"https://example.com/pricing\">the pricing</a>.</p>","metadata":{"deal":"4711"}}""",
        ["markSent"] = """{"at":"2026-03-02T09:00:05Z"}""",
        ["markViewed"] = """{"at":"2026-03-02T10:04:00Z"}""",
        ["createLink"] = """{"recipient":{"email":"paul@customer.example","name":"Paul Prospect"},"url":"https://example.com/pricing","label":"Pricing"}""",
        ["stopLinks"] = """{"message":"1","link":0,"reason":"The page is gone."}""",
        ["replaceLink"] = """{"message":"1","link":0,"replacement":"https://example.com/new-pricing"}""",
        ["resumeLinks"] = """{"message":"1","link":0}""",
        ["putProspect"] = """{"email":"paul@customer.example","name":"Paul Prospect","phone":"+49 30 123456","company":"Customer Ltd","timeZone":"Europe/Berlin","externalId":"crm-99","metadata":{"tier":"gold"}}""",
        ["givePromptOutcome"] = """{"outcome":"voicemail","note":"Left a message about the pricing.","minutes":2,"right":true}""",
        ["snoozePrompt"] = """{"until":"2026-03-02T12:00:00Z"}""",
        ["handPrompt"] = """{"rep":"olga@example.com"}""",
        ["putOutboundOptions"] = """{"track":"both","plainTextLinks":false,"calendarInvites":false,"optOutFooter":"No more of this"}""",
        ["dismissPrompt"] = """{"reason":"It was our own visit.","right":false}""",
        ["ratePrompt"] = """{"right":true}""",
    };

    static readonly Dictionary<string, string> Responses = new()
    {
        ["createMessage"] = Message, ["getMessage"] = Message, ["markSent"] = Message, ["markViewed"] = Message, ["muteMessage"] = Message, ["unmuteMessage"] = Message,
        ["getDelivery"] = Delivery, ["cancelDelivery"] = Delivery.Replace("\"sent\"", "\"cancelled\"", StringComparison.Ordinal), ["listDeliveries"] = $$"""{"items":[{{Delivery}}],"next":null}""",
        ["listMessages"] = """{"items":[{"id":"5","rep":"rita@example.com","kind":"mail","subject":"Our proposal","createdAt":"2026-03-02T09:00:00.000Z","sentAt":null,"muted":false,"metadata":{},"recipients":["paul@customer.example"],"human":2,"automatic":12,"unknown":1}],"next":null}""",
        ["messageTimeline"] = $$"""{"items":[{{Hit}}],"next":null}""",
        ["getHit"] = """
            {"hitId":"1772442000123","copyId":"7","messageId":"5","prospectId":"3","recipient":"paul@customer.example","kind":"open","link":null,"at":"2026-03-02T09:01:00.000Z","verdict":"machine",
             "confidence":1,"reasons":["Apple Mail privacy prefetch: fetched by Apple, not by the recipient"],"rulesVersion":1,
             "facts":{"method":"GET","userAgent":"Mozilla/5.0","headers":{"accept-encoding":"gzip"},"network":"apple-egress","source":"172.225.10.0/24","ownVisit":"none","sentAt":"2026-03-02T09:00:05.000Z"},
             "opinions":[{"rule":"apple-prefetch","verdict":"machine","confidence":1,"reason":"Apple Mail privacy prefetch: fetched by Apple, not by the recipient"}]}
            """,
        ["createLink"] = """{"copyId":"8","messageId":"6","trackedUrl":"https://t.example.com/c/AQH…","openUrl":"https://t.example.com/o/AQH….gif"}""",
        ["stopLinks"] = Rule("stopped", "null"), ["replaceLink"] = Rule("replaced", "\"https://example.com/new-pricing\""), ["resumeLinks"] = Rule("resumed", "null"),
        ["listLinkRules"] = $$"""{"items":[{{Rule("stopped", "null")}}],"next":null}""",
        ["putProspect"] = Prospect, ["getProspect"] = Prospect, ["muteProspect"] = Prospect, ["unmuteProspect"] = Prospect,
        ["findProspects"] = $$"""{"items":[{{Prospect}}],"next":null}""",
        ["prospectTimeline"] = $$"""{"items":[{"type":"hit","at":"2026-03-02T10:04:00.000Z","data":{{Hit}}}],"next":null}""",
        ["hotProspects"] = """
            {"asOf":"2026-03-02T10:05:00.000Z","items":[{"id":"3","email":"paul@customer.example","name":"Paul Prospect","phone":"+49 30 123456","company":"customer.example","heat":6.2,
             "lastEngagedAt":"2026-03-02T10:04:00.000Z","reasons":["last look 1 minute ago, on the “the pricing” link of “Our proposal”","3 looks in 1 sitting"],"promptId":"12"}]}
            """,
        ["hotCompanies"] = """
            {"asOf":"2026-03-02T10:05:00.000Z","items":[{"id":"2","name":"customer.example","domain":"customer.example","heat":9.7,"lastEngagedAt":"2026-03-02T10:04:00.000Z","people":2,
             "reasons":["2 people reading, paul@customer.example most of all"]}]}
            """,
        ["listPrompts"] = $$"""{"items":[{{Prompt}}],"next":null}""",
        ["getOutboundOptions"] = Options, ["putOutboundOptions"] = Options,
        ["getPrompt"] = Prompt, ["givePromptOutcome"] = Prompt, ["snoozePrompt"] = Prompt, ["dismissPrompt"] = Prompt, ["handPrompt"] = Prompt, ["ratePrompt"] = Prompt,
        ["signalsPrecision"] = """
            {"right":41,"rated":43,"precision":0.953,"low":0.845,"high":0.987,"rules":[{"rule":"clicked","right":30,"rated":30,"precision":1,"low":0.886,"high":1},
             {"rule":"opened","right":11,"rated":13,"precision":0.846,"low":0.578,"high":0.957}]}
            """,
        ["readFeed"] = $$"""{"items":[{"id":"101","type":"prompt.raised","data":{{Prompt}}}],"next":null}""",
    };

    static readonly Dictionary<string, string> Parameters = new()
    {
        ["limit"] = $"Items a page, 1 to {Paging.MaxLimit}.",
        ["after"] = "The `next` of the page before.",
        ["rep"] = "Address of the rep, for keys that are bound to none.",
        ["sentAt"] = "When the copies left; unknown when left out.",
        ["deliver"] = "True hands the copies to the outbox.",
        ["sendAt"] = "With deliver: not before this time, such as 2026-03-02T09:30:00Z; at most a year ahead.",
        ["mime"] = "False leaves the mail itself out of the answer.",
        ["track"] = "What is tracked: both, opens, clicks or off.",
        ["plainTextLinks"] = "True tracks the links of the plain-text part too.",
        ["calendarInvites"] = "True tracks the covering text of calendar invitations too.",
        ["optOutFooter"] = "Text of a link to the recipient's opt-out page at the end of the HTML: one line of at most 200 characters.",
        ["minHeat"] = "Least heat, in points.",
        ["since"] = "Engaged at or after this time.",
        ["company"] = "Mail domain or name of the company.",
        ["email"] = "One address.",
        ["state"] = "State of the prompts, or of the deals.",
        ["id"] = "From an earlier answer.",
    };

    public static JsonNode? Request(string? operation) => Find(operation, Requests, OpenApiFollowUpExamples.Requests);

    public static JsonNode? Response(string? operation) => Find(operation, Responses, OpenApiFollowUpExamples.Responses);

    static JsonNode? Find(string? operation, params IReadOnlyDictionary<string, string>[] books) =>
        books.Select(b => b.GetValueOrDefault(operation ?? "")).FirstOrDefault(json => json is not null) is { } found ? JsonNode.Parse(found) : null;

    public static string? Parameter(string? name) => Parameters.GetValueOrDefault(name ?? "") ?? OpenApiFollowUpExamples.Parameters.GetValueOrDefault(name ?? "");
}
