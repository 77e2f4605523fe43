using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tracker.Tests.Faults;
using Tracker.Tests.Support;

namespace Tracker.Tests.Tokens;

/// <summary>R2, R6, R8, O8: only the token decides where a link leads and what is counted, whatever else the request says, the database has lost, or however many come.</summary>
[Collection(CountedAlone.Name)]
public sealed class NothingButTheToken
{
    const string Evil = "https://evil.example/";

    static readonly string[] Headers =
    [
        "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-Original-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Host", "X-HTTP-Method-Override", "Forwarded",
        "Referer", "Origin", "Location", "Destination", "Content-Location", "X-Forwarded-For", "Cookie", "Accept", "Upgrade", "Range", "If-None-Match", "Authorization", "X-Tracker-Check",
    ];

    static readonly string[] Values = [Evil, "evil.example", "//evil.example", "host=evil.example;proto=https", "javascript:alert(1)", "http", "tracker=x", "*", "\"", "bytes=0-", "é", "a, b, c", "%0d%0aLocation: " + Evil];

    static readonly string[] Queries = ["", "?", "?url=" + Evil, "?to=" + Evil + "&to=" + Evil, "?redirect=//evil.example#x", "#" + Evil, "?%0d%0aLocation:%20" + Evil, "?utm_source=a&b=%ff%00", ";url=" + Evil];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<(string Open, string Click, string Location, ApiClient Rita)> MailAsync(TestServer server)
    {
        var rita = await server.RepClientAsync();
        var copy = (await rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
        return (new Uri(copy.Text("openUrl")).PathAndQuery, new Uri(copy.Text("links", 0, "trackedUrl")).PathAndQuery, copy.Text("links", 0, "url"), rita);
    }

    [Fact]
    public async Task Whatever_else_a_request_says_it_leads_to_the_authors_address_or_nowhere()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var (_, path, location, _) = await MailAsync(server);
        var led = 0;
        // Many at once: forged ones are answered slowly.
        await Parallel.ForEachAsync(Requests(path, Rounds.Of(300, 10_000)), new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = Ct }, async (request, _) =>
        {
            var answer = await SendAsync(server.Address, request);
            var leads = answer.Split("\r\n").Where(l => l.StartsWith("Location:", StringComparison.OrdinalIgnoreCase)).ToList();
            Assert.True(leads.Count == 0 ? !answer.StartsWith("HTTP/1.1 3", StringComparison.Ordinal) : leads is [var one] && one == "Location: " + location, $"{request}\n{answer}");
            Interlocked.Add(ref led, leads.Count);
        });
        Assert.True(led > 100, $"only {led} requests were followed");
    }

    static IEnumerable<string> Requests(string path, int count)
    {
        var random = new Random(2026);
        string Of(string[] from) => from[random.Next(from.Length)];
        for (var i = 0; i < count; i++)
        {
            var target = (i % 10 == 0 ? Of([Evil.TrimEnd('/'), "http://t"]) : "") + path + Of(Queries);
            var headers = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => $"{Of(Headers)}: {Of(Values)}\r\n"));
            var body = i % 7 == 0 ? "url=" + Evil : "";
            yield return $"{Of(["GET", "GET", "GET", "HEAD"])} {target} HTTP/1.1\r\nHost: {Of(["t", "evil.example", "t:99999", "[::1]"])}\r\nConnection: close\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}";
        }
    }

    static async Task<string> SendAsync(Uri server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, Ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Ct);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Ct);
    }

    [Fact]
    public async Task A_link_outlives_the_database_and_nothing_is_counted_for_a_mail_that_is_unknown()
    {
        await using var engine = await Engine.SqliteAsync();
        string open, click, location;
        await using (var server = await TestServer.StartAsync(engine))
        {
            (open, click, location, _) = await MailAsync(server);
        }
        await using var empty = await Engine.SqliteAsync();
        File.Copy(Path.Combine(engine.DataFolder, "keyring.json"), Path.Combine(empty.DataFolder, "keyring.json"));
        await using var after = await TestServer.StartAsync(empty);
        using var answer = await after.VisitAsync(click);
        Assert.Equal((HttpStatusCode.Found, location), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.OK, (await after.VisitAsync(open)).StatusCode);
        await Until.TrueAsync(async () => await Metrics.ValueAsync(after, "tracker_hits_not_kept_total", "unknown copy") == 2, "both are known not to be kept");
        Assert.Equal(0, await after.Database.ReadAsync(s => s.ScalarAsync<long>("select (select count(*) from hits) + (select count(*) from hits_set_aside) + (select count(*) from feed)"), Ct));
    }

    [Fact]
    public async Task Every_kind_of_answer_keeps_caches_indexes_and_referrers_out_and_sets_no_cookie()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var (open, click, _, rita) = await MailAsync(server);
        var stopped = await rita.MailAsync(Mails.Proposal("anna@customer.example"));
        using var stop = await rita.SendAsync(HttpMethod.Post, "/links/stop", Answers.Json(new { message = stopped.Text("id") }));
        Assert.Equal(HttpStatusCode.OK, stop.StatusCode);
        var dead = new Uri(stopped.Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
        var kinds = (from method in (string[])["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] from path in (string[])[open, click, dead, "/o/x.gif", "/c/x"] select (method, path)).ToList();
        foreach (var (method, path) in kinds)
        {
            using var answer = await server.VisitAsync(path, method: new(method));
            var told = answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
            Assert.Equal(
                ("no-store", "no-referrer", "nosniff", "noindex, nofollow", "default-src 'none'; frame-ancestors 'none'"),
                (told["Cache-Control"], told["Referrer-Policy"], told["X-Content-Type-Options"], told["X-Robots-Tag"], told["Content-Security-Policy"]));
            Assert.Empty(told.Keys.Intersect(["Set-Cookie", "Server", "X-Powered-By", "ETag", "Last-Modified"], StringComparer.OrdinalIgnoreCase));
        }
        Assert.Equal("User-agent: *\nDisallow: /\n", await server.Http.GetStringAsync("/robots.txt", Ct));
    }

    [Fact]
    public async Task However_many_recipients_there_are_the_metrics_stay_few()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Api:RequestsPerMinute", "1000000"));
        var (open, click, _, rita) = await MailAsync(server);
        for (var i = 0; i < Rounds.Of(200, 20_000); i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            var link = await rita.PostAsync("/links", new { recipient = new { email = $"p{number}@c{number}.example" }, url = $"https://example.com/{number}" }, HttpStatusCode.Created);
            await server.VisitAsync(link.Text("trackedUrl"), "agent/" + number, $"198.51.{i / 256 % 256}.{i % 256}");
            await server.VisitAsync($"/c/forged{number}", address: $"203.0.{i / 256 % 256}.{i % 256}");
        }
        var series = (await server.Http.GetStringAsync("/metrics", Ct)).Split('\n').Count(l => l.Length > 0 && l[0] != '#');
        Campaign.Say($"O8: {series} series");
        Assert.InRange(series, 20, 500);
    }
}
