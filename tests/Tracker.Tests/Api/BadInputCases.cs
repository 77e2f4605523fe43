using System.Globalization;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

/// <summary>A request that is wrong, and the problem it is to be answered with.</summary>
/// <param name="Request">Method and path below /api/v1.</param>
/// <param name="Detail">Part of the problem's detail: the name of what is wrong, or its place.</param>
/// <param name="Body">Null: none.</param>
public sealed record BadInputCase(string What, string Request, ProblemKind Problem, string Detail, string? Body = null, string Type = "application/json", string Accept = "*/*", bool Unbound = false);

public static class BadInputCases
{
    const string Mail = "message/rfc822";
    const string Post = "POST /messages";

    static string Json(string extra = "", string to = "\"paul@customer.example\"", string from = "rita@example.com", string subject = "Hi") =>
        $$"""{"from":"{{from}}","to":[{{to}}],"subject":"{{subject}}","html":"<p>Hi</p>"{{extra}}}""";

    static string Metadata(string json) => Json($",\"metadata\":{json}");

    static string Entries(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"n{i}\":1")) + "}";

    static string Days(int days) => TimeProvider.System.GetUtcNow().AddDays(days).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    static readonly BadInputCase[] Mails =
    [
        new("a mail as text/plain", Post, Problems.UnsupportedMediaType, "text/plain", OneMail, "text/plain"),
        new("a mail without a type", Post, Problems.UnsupportedMediaType, "message/rfc822", OneMail, ""),
        new("a mail of 0 bytes", Post, Problems.EmptyMail, "empty", "", Mail),
        new("no header section", Post, Problems.NoHeaderSection, "From:", "\r\nHello\r\n", Mail),
        new("no header section, only text", Post, Problems.NoHeaderSection, "From:", "Hello Paul,\r\nhere is our offer.\r\n", Mail),
        new("no recipient", Post, Problems.NoRecipient, "To, Cc or Bcc", "From: rita@example.com\r\nSubject: Hi\r\n\r\nHello\r\n", Mail),
        new("a recipient without an address", Post, Problems.NoRecipient, "To, Cc or Bcc", "From: rita@example.com\r\nTo: undisclosed-recipients:;\r\n\r\nHello\r\n", Mail),
        new("two recipients, asked for as a mail", Post, Problems.NotAcceptable, "2 recipients", TwoMail, Mail, Mail),
        new("to be delivered by us", Post + "?deliver=true", Problems.CannotDeliver, "outbox", OneMail, Mail),
        new("deliver is a word", Post + "?deliver=maybe", Problems.InvalidParameter, "maybe", OneMail, Mail),
        new("sent yesterday, in words", Post + "?sentAt=yesterday", Problems.InvalidParameter, "'sentAt' is 'yesterday'", OneMail, Mail),
        new("sent before there was mail like this", Post + "?sentAt=1999-12-31T23:59:59Z", Problems.InvalidParameter, "sentAt", OneMail, Mail),
        new("sent in the future", Post + "?sentAt=" + Days(2), Problems.InvalidParameter, "sentAt", OneMail, Mail),
        new("51 metadata entries", Post + "?" + string.Join('&', Enumerable.Range(0, 51).Select(i => $"metadata.n{i}=1")), Problems.InvalidParameter, "51 entries", OneMail, Mail),
        new("the NUL character in a query", Post + "?metadata.a=%00", Problems.InvalidParameter, "U+0000", OneMail, Mail),
        new("another rep than the key's", Post + "?rep=olga@example.com", Problems.Forbidden, "rita@example.com", OneMail, Mail),
        new("an unknown rep", Post + "?rep=nobody@example.com", Problems.UnknownRep, "nobody@example.com", OneMail, Mail, Unbound: true),
        new("no rep named", Post, Problems.RepNeeded, "?rep=", OneMail, Mail, Unbound: true),
    ];

    const string OneMail = "From: Rita <rita@example.com>\r\nTo: paul@customer.example\r\nSubject: Hi\r\n\r\nHello\r\n";
    const string TwoMail = "From: Rita <rita@example.com>\r\nTo: paul@customer.example, anna@customer.example\r\nSubject: Hi\r\n\r\nHello\r\n";

    static readonly BadInputCase[] JsonMails =
    [
        new("a brace is missing", Post, Problems.InvalidJson, "line 1", Json()[..^1]),
        new("a text where a list belongs", Post, Problems.InvalidJson, "$.to", """{"from":"rita@example.com","to":"paul@customer.example"}"""),
        new("a number among the recipients", Post, Problems.InvalidJson, "$.to[1]", Json(to: "\"paul@customer.example\",5")),
        new("JSON null", Post, Problems.InvalidParameter, "'from'", "null"),
        new("JSON of 0 bytes", Post, Problems.InvalidJson, "line 1", ""),
        new("nobody to send to", Post, Problems.NoRecipient, "To, Cc or Bcc", Json(to: "")),
        new("not an address", Post, Problems.InvalidParameter, "'to' is 'nobody'", Json(to: "\"nobody\"")),
        new("null for an address", Post, Problems.InvalidParameter, "'to'", Json(to: "null")),
        new("a line break in the subject", Post, Problems.InvalidParameter, "'subject' is 'Hi⏎Bcc: eve@example.com'", Json(subject: @"Hi\r\nBcc: eve@example.com")),
        new("a bare line feed in the subject", Post, Problems.InvalidParameter, "'subject'", Json(subject: @"Hi\nBcc: eve@example.com")),
        new("a line break in an address", Post, Problems.InvalidParameter, "'to'", Json(to: @"""Paul\r\nBcc: eve@example.com <paul@customer.example>""")),
        new("a line break in the sender", Post, Problems.InvalidParameter, "'from'", Json(from: @"Rita\r\nBcc: eve@example.com <rita@example.com>")),
        new("the NUL character in a text", Post, Problems.InvalidJson, "$.html", """{"from":"rita@example.com","to":["a@b.example"],"html":"a\u0000b"}"""),
        new("half a surrogate pair in a text", Post, Problems.InvalidJson, "$.html", """{"from":"rita@example.com","to":["a@b.example"],"html":"\ud800"}"""),
        new("a property twice", Post, Problems.InvalidJson, "from", """{"from":"rita@example.com","from":"eve@example.com","to":["a@b.example"]}"""),
        new("nested metadata", Post, Problems.InvalidParameter, "metadata.a", Metadata("""{"a":{"b":1}}""")),
        new("a list in metadata", Post, Problems.InvalidParameter, "metadata.a", Metadata("""{"a":[1]}""")),
        new("metadata that is a list", Post, Problems.InvalidJson, "$.metadata", Metadata("[1]")),
        new("too many metadata entries", Post, Problems.InvalidParameter, "51 entries", Metadata(Entries(51))),
        new("a metadata name too long", Post, Problems.InvalidParameter, "64", Metadata($"{{\"{new string('n', 65)}\":1}}")),
        new("a metadata value too long", Post, Problems.InvalidParameter, "metadata.a", Metadata($"{{\"a\":\"{new string('v', 501)}\"}}")),
        new("a metadata name twice", Post, Problems.InvalidJson, "'a' is there twice", Metadata("""{"a":1,"a":2}""")),
        new("the NUL character in metadata", Post, Problems.InvalidParameter, "metadata.a", Metadata("""{"a":"x\u0000"}""")),
        new("half a surrogate pair in metadata", Post, Problems.InvalidJson, "$.metadata", Metadata("""{"a":"\udc00"}""")),
    ];

    static readonly BadInputCase[] OtherBodies =
    [
        new("sent: wrong JSON", "POST /messages/1/sent", Problems.InvalidJson, "line 1", "{"),
        new("sent: not a time", "POST /messages/1/sent", Problems.InvalidJson, "$.at", """{"at":"tomorrow"}"""),
        new("sent: a number", "POST /messages/1/sent", Problems.InvalidJson, "$.at", """{"at":5}"""),
        new("sent: in the future", "POST /messages/1/sent", Problems.InvalidParameter, "'at'", $$"""{"at":"{{Days(2)}}"}"""),
        new("sent: in the year 1", "POST /messages/1/sent", Problems.InvalidParameter, "'at'", """{"at":"0001-01-01T00:00:00Z"}"""),
        new("sent: of type text", "POST /messages/1/sent", Problems.UnsupportedMediaType, "text/plain", "{}", "text/plain"),
        new("sent: no such message", "POST /messages/999/sent", Problems.NotFound, "'999'", "{}"),
        new("viewed: no such message", "POST /messages/999/viewed", Problems.NotFound, "'999'", "{}"),
        new("viewed: not a time", "POST /messages/1/viewed", Problems.InvalidJson, "$.at", """{"at":"tomorrow"}"""),
        new("viewed: in the future", "POST /messages/1/viewed", Problems.InvalidParameter, "'at'", $$"""{"at":"{{Days(2)}}"}"""),
        new("link: null", "POST /links", Problems.InvalidJson, "body", "null"),
        new("link: no body", "POST /links", Problems.InvalidJson, "body", ""),
        new("link: no recipient", "POST /links", Problems.InvalidParameter, "recipient.email", """{"url":"https://example.com/"}"""),
        new("link: no address", "POST /links", Problems.InvalidParameter, "recipient.email", """{"recipient":{"email":"nobody"},"url":"https://example.com/"}"""),
        new("link: no url", "POST /links", Problems.CannotTrack, "url", """{"recipient":{"email":"a@b.example"}}"""),
        new("link: a script", "POST /links", Problems.CannotTrack, "url", """{"recipient":{"email":"a@b.example"},"url":"javascript:alert(1)"}"""),
        new("link: a url too long", "POST /links", Problems.CannotTrack, "1000", $$"""{"recipient":{"email":"a@b.example"},"url":"https://example.com/{{new string('x', 1000)}}"}"""),
        new("link: a line break in the name", "POST /links", Problems.InvalidParameter, "recipient.name", """{"recipient":{"email":"a@b.example","name":"A\nB"},"url":"https://example.com/"}"""),
        new("link: a label too long", "POST /links", Problems.InvalidParameter, "'label'", $$"""{"recipient":{"email":"a@b.example"},"url":"https://example.com/","label":"{{new string('x', 201)}}"}"""),
        new("link: no rep named", "POST /links", Problems.RepNeeded, "?rep=", """{"recipient":{"email":"a@b.example"},"url":"https://example.com/"}""", Unbound: true),
        new("prospect: null", "PUT /prospects", Problems.InvalidJson, "body", "null"),
        new("prospect: a list", "PUT /prospects", Problems.InvalidJson, "$", "[]"),
        new("prospect: of type text", "PUT /prospects", Problems.UnsupportedMediaType, "text/plain", "{}", "text/plain"),
        new("prospect: no address", "PUT /prospects", Problems.InvalidParameter, "'email'", "{}"),
        new("prospect: two addresses", "PUT /prospects", Problems.InvalidParameter, "'email'", """{"email":"a@b.example, c@d.example"}"""),
        new("prospect: a name too long", "PUT /prospects", Problems.InvalidParameter, "'name'", $$"""{"email":"a@b.example","name":"{{new string('x', 201)}}"}"""),
        new("prospect: a line break in the phone", "PUT /prospects", Problems.InvalidParameter, "'phone'", """{"email":"a@b.example","phone":"1\n2"}"""),
        new("prospect: no such time zone", "PUT /prospects", Problems.InvalidParameter, "'timeZone' is 'Mars/North'", """{"email":"a@b.example","timeZone":"Mars/North"}"""),
        new("prospect: nested metadata", "PUT /prospects", Problems.InvalidParameter, "metadata.a", """{"email":"a@b.example","metadata":{"a":{}}}"""),
        new("outcome: null", "POST /prompts/1/outcome", Problems.InvalidJson, "body", "null"),
        new("outcome: none", "POST /prompts/1/outcome", Problems.InvalidParameter, "voicemail", "{}"),
        new("outcome: unknown", "POST /prompts/1/outcome", Problems.InvalidParameter, "'outcome' is 'sold'", """{"outcome":"sold"}"""),
        new("outcome: minutes below 0", "POST /prompts/1/outcome", Problems.InvalidParameter, "'minutes' is '-1'", """{"outcome":"connected","minutes":-1}"""),
        new("outcome: more minutes than a day has", "POST /prompts/1/outcome", Problems.InvalidParameter, "'minutes' is '1441'", """{"outcome":"connected","minutes":1441}"""),
        new("outcome: an unknown objection", "POST /prompts/1/outcome", Problems.InvalidParameter, "'objection'", """{"outcome":"connected","objection":"weather"}"""),
        new("outcome: a note too long", "POST /prompts/1/outcome", Problems.InvalidParameter, "'note'", $$"""{"outcome":"connected","note":"{{new string('x', 5001)}}"}"""),
        new("outcome: an unknown next step", "POST /prompts/1/outcome", Problems.InvalidParameter, "nextStep.kind", """{"outcome":"connected","nextStep":{"kind":"dance"}}"""),
        new("outcome: a next step without a time", "POST /prompts/1/outcome", Problems.InvalidParameter, "nextStep.at", """{"outcome":"connected","nextStep":{"kind":"call"}}"""),
        new("outcome: a next step in the past", "POST /prompts/1/outcome", Problems.InvalidParameter, "nextStep.at", """{"outcome":"connected","nextStep":{"kind":"call","at":"2020-01-01T00:00:00Z"}}"""),
        new("outcome: the reason of the next step too long", "POST /prompts/1/outcome", Problems.InvalidParameter, "nextStep.reason", "{\"outcome\":\"connected\",\"nextStep\":{\"kind\":\"stop\",\"reason\":\"" + new string('x', 5001) + "\"}}"),
        new("snooze: no time", "POST /prompts/1/snooze", Problems.InvalidParameter, "'until'", "{}"),
        new("snooze: until yesterday", "POST /prompts/1/snooze", Problems.InvalidParameter, "'until'", $$"""{"until":"{{Days(-1)}}"}"""),
        new("snooze: too long", "POST /prompts/1/snooze", Problems.InvalidParameter, "'until'", $$"""{"until":"{{Days(8)}}"}"""),
        new("rating: none", "POST /prompts/1/rating", Problems.InvalidParameter, "'right'", "{}"),
        new("rating: a word", "POST /prompts/1/rating", Problems.InvalidJson, "$.right", """{"right":"yes"}"""),
        new("hand over: nobody", "POST /prompts/1/hand", Problems.NotFound, "'1'", "{}"),
        new("dismiss: wrong JSON", "POST /prompts/1/dismiss", Problems.InvalidJson, "line 1", "{]"),
        new("dismiss: a reason too long", "POST /prompts/1/dismiss", Problems.InvalidParameter, "'reason'", $$"""{"reason":"{{new string('x', 5001)}}"}"""),
        new("dismiss: no such prompt", "POST /prompts/1/dismiss", Problems.NotFound, "'1'", "{}"),
    ];

    static readonly BadInputCase[] Routes =
    [
        new("no such route", "GET /nothing", Problems.NoSuchRoute, "/api/v1/nothing"),
        new("no such route, to be posted to", "POST /prospects/1/hug", Problems.NoSuchRoute, "hug", "{}"),
        new("messages are not deleted", "DELETE /messages", Problems.MethodNotAllowed, "GET"),
        new("the feed is not written to", "POST /feed", Problems.MethodNotAllowed, "GET", "{}"),
        new("a method that no route has", "OPTIONS /prospects", Problems.MethodNotAllowed, "GET"),
        new("an id that is a word", "GET /messages/abc", Problems.NotFound, "'abc'"),
        new("an id below 0", "GET /prospects/-1", Problems.NotFound, "'-1'"),
        new("an id too large for any row", "GET /hits/99999999999999999999", Problems.NotFound, "99999999999999999999"),
        new("a state that is none", "GET /prompts?state=gone", Problems.InvalidParameter, "'state' is 'gone'"),
        new("heat below 0", "GET /prospects/hot?minHeat=-1", Problems.InvalidParameter, "minHeat"),
        new("heat that is no number", "GET /prospects/hot?minHeat=NaN", Problems.InvalidParameter, "minHeat"),
        new("heat in words", "GET /companies/hot?minHeat=body", Problems.InvalidParameter, "minHeat"),
        new("since a word", "GET /prospects/hot?since=monday", Problems.InvalidParameter, "'since' is 'monday'"),
        new("a feed id that is none", "GET /feed?after=last", Problems.InvalidParameter, "'after' is 'last'"),
        new("the list of an unknown rep", "GET /prospects/hot?rep=nobody@example.com", Problems.UnknownRep, "nobody@example.com", Unbound: true),
        new("the NUL character in a filter", "GET /prospects?email=%00", Problems.InvalidParameter, "U+0000"),
    ];

    static readonly string[] Lists = ["/messages", "/prospects", "/prompts", "/messages/1/timeline", "/prospects/1/timeline", "/feed"];

    static IEnumerable<BadInputCase> Limits() =>
        from list in (string[])[.. Lists, "/prospects/hot", "/companies/hot"]
        from limit in (string[])["0", "1001", "-1", "abc", "1.5", "99999999999"]
        select new BadInputCase($"limit={limit} of {list}", $"GET {list}?limit={limit}", Problems.InvalidParameter, limit);

    static IEnumerable<BadInputCase> Cursors() =>
        from list in Lists
        from cursor in (string[])["abc", "1.1", "MQ", "Mi5iMg", "%F0%9F%98%80", new string('A', 200)]
        select new BadInputCase($"after={cursor} of {list}", $"GET {list}?after={cursor}", Problems.InvalidParameter, "'after'");

    public static IReadOnlyDictionary<string, BadInputCase> All { get; } =
        ((BadInputCase[])[.. Mails, .. JsonMails, .. OtherBodies, .. Routes, .. Limits(), .. Cursors().Select(c => c with { Accept = "application/json" })])
        .Select(c => c.Request.StartsWith("GET /feed?limit", StringComparison.Ordinal) ? c with { Accept = "application/json" } : c).ToDictionary(c => c.What);

    public static TheoryData<string> Names => [.. All.Keys];
}
