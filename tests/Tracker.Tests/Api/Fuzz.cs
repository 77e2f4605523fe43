using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Garbage to every route: never a 500, and the server lives on.</summary>
public abstract class Fuzz(SharedServer shared)
{
    sealed record Shot(int Route, string Id, string Query, string Type, byte[] Body, string Accept);

    static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static readonly string[] Hostile =
    [
        "\0", "\ud800", "'", "\"", "%", "--", "\r\n", "\u202e", "İ", "ß", "𝕏", "=?utf-8?B?AA==?=", "=?utf-16?B?2AA=?=", "9223372036854775807", "-9223372036854775808", "1e400", "null", "{}", "[]",
        "<a href=\"http://x/\0\">", "a@b.example", "\"a\0b\"@c.example", "2026-03-02T09:30:00+14:00", "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59.9999999Z", "\ufffe",
    ];

    static readonly Gen<string> Text = Gen.OneOf(
        Any(Hostile), Gen.String[Gen.Char, 0, 20], Gen.String[Gen.Char.AlphaNumeric, 0, 300], Gen.Select(Any(Hostile), Any(Hostile), (a, b) => a + b));

    static readonly Gen<string> Query = Gen.Select(
        Any("limit", "after", "rep", "sentAt", "deliver", "mime", "email", "state", "minHeat", "since", "company", "metadata.a", "metadata.", "metadata.'", "x"),
        Text.Select(t => Uri.EscapeDataString(t.Replace("\ud800", "", StringComparison.Ordinal))),
        Any("", "%00", "%ff", "%", "+"),
        (name, value, tail) => $"{name}={value}{tail}").List[0, 3].Select(q => q.Count == 0 ? "" : "?" + string.Join('&', q));

    // JSON with the fields that the routes read, and anything in them.
    static readonly Gen<string> Value = Gen.OneOf(
        Text.Select(t => System.Text.Json.JsonSerializer.Serialize(t)), Gen.Double.Where(double.IsFinite).Select(d => d.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
        Any("null", "true", "[]", "{}", "[null]", "[[]]", "{\"\":1}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "\"\\ud800\"", "{\"email\":\"a@b.example\",\"name\":\"\\u0000\"}",
            "[\"a@b.example\"]", "\"a@b.example\"", "\"https://example.com/\"", "\"connected\"", "\"<a href='https://e.example/&#0;'>x</a>\"", "{\"kind\":\"call\",\"at\":null}", "1e999", "-0"));

    static readonly Gen<byte[]> Json = Gen.Select(
        Any("from", "to", "cc", "bcc", "subject", "html", "text", "metadata", "at", "recipient", "url", "label", "email", "name", "phone", "company", "timeZone", "externalId",
            "outcome", "note", "minutes", "objection", "nextStep", "right", "until", "reason"),
        Value, (name, value) => $"\"{name}\":{value}").List[0, 6].Select(f => Encoding.UTF8.GetBytes("{" + string.Join(',', f) + "}"));

    static readonly Gen<byte[]> Mail = Gen.Select(
        Any("From", "To", "Cc", "Bcc", "Subject", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version", "References"),
        Gen.OneOf(Text, Any("a@b.example", "=?utf-8?B?AA==?= <a@b.example>", "text/html; charset=utf-16", "text/html; charset=utf-7", "multipart/mixed; boundary=x", "base64")),
        (name, value) => $"{name}: {value}").List[0, 6].Select(h => Encoding.UTF8.GetBytes(
            "From: Rita =?utf-8?B?AA==?= <rita@example.com>\r\nTo: =?utf-8?B?AA==?= <a@b.example>\r\n" + string.Join("\r\n", h) + "\r\n\r\n<a href=\"https://example.com/\0\">x\0</a><a href=\"https://example.com/&#0;\">\ufffe</a>"));

    static readonly Gen<Shot> Shots = Gen.Select(
        Gen.Int[0, 200], Gen.OneOf(Gen.Const("1"), Gen.Int.Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), Gen.String[Gen.Char.AlphaNumeric, 1, 30]), Query,
        Any("application/json", "message/rfc822", "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=x"),
        Gen.OneOf(Json, Json, Mail, Mail, Gen.Byte.Array[0, 200]), Any("application/json", "*/*", "message/rfc822", "text/html", "???"),
        (route, id, query, type, body, accept) => new Shot(route, id, query, body is [(byte)'{', ..] ? "application/json" : type, body, accept));

    [Fact]
    public async Task Never_fails_the_server()
    {
        var server = shared.Server;
        var routes = ApiRoutes.Of(server).Where(r => r.Name != "GET /api/v1/feed" && !r.Pattern.StartsWith("/metrics", StringComparison.Ordinal)).ToList();
        await shared.Rita.MailAsync(Mails.Proposal());
        await Shots.SampleAsync(async shot =>
        {
            var route = routes[shot.Route % routes.Count];
            using var request = new HttpRequestMessage(new(route.Method), route.At(shot.Id) + shot.Query) { Content = route.Method == "GET" ? null : new ByteArrayContent(shot.Body) };
            if (request.Content is { } content)
            {
                content.Headers.ContentType = MediaTypeHeaderValue.Parse(shot.Type);
            }
            request.Headers.TryAddWithoutValidation("Accept", shot.Accept);
            using var response = await shared.Rita.Http.SendAsync(request);
            Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} for {route.Name}{shot.Query} {shot.Type}\n{Encoding.UTF8.GetString(shot.Body)}\n{string.Join('\n', server.Log.TakeLast(2))}");
            if ((int)response.StatusCode >= 400 && route.Pattern.StartsWith("/api/", StringComparison.Ordinal))
            {
                await Answers.ProblemAsync(response, response.StatusCode);
            }
        }, iter: 1500, threads: 2, print: s => $"{s.Route} {s.Id} {s.Query} {s.Type}");
        await shared.Rita.GetAsync("/messages");
        Assert.DoesNotContain(server.Log, line => line.Contains("failed, trace", StringComparison.Ordinal));
    }
}

public sealed class FuzzOnSqlite(SharedSqlite shared) : Fuzz(shared), IClassFixture<SharedSqlite>;

public sealed class FuzzOnPostgres(SharedPostgres shared) : Fuzz(shared), IClassFixture<SharedPostgres>;
