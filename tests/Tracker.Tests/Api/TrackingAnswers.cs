using System.Net;
using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>What goes over the wire on the tracking addresses, byte for byte.</summary>
public sealed class TrackingAnswers() : ApiContract(Engine.SqliteAsync)
{
    const string Gif = "R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==";

    static readonly string[] Common =
    [
        "Cache-Control: no-store", "Connection: close", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'", "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff", "X-Robots-Tag: noindex, nofollow",
    ];

    Task<RawAnswer> AskAsync(string method, string url, string headers = "") => RawHttp.SendAsync(Server.Address, $"{method} {new Uri(url).PathAndQuery} HTTP/1.1\nUser-Agent: test\n{headers}");

    static void AssertHeaders(RawAnswer answer, params string[] more) =>
        Assert.Equal([.. Common.Concat(more).Order(StringComparer.Ordinal)], answer.Headers.Where(h => !h.StartsWith("Date: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    async Task<string> LinkAsync(string url) => (await Rita.PostAsync("/links", new { recipient = new { email = "paul@customer.example" }, url }, HttpStatusCode.Created)).Text("trackedUrl");

    async Task<string> OpenAsync() => (await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");

    [Fact]
    public async Task A_pixel_is_43_bytes_and_nothing_else()
    {
        var url = await OpenAsync();
        var get = await AskAsync("GET", url, "Cookie: tracker=x");
        Assert.Equal(200, get.Status);
        Assert.Equal(Convert.FromBase64String(Gif), get.Body);
        AssertHeaders(get, "Content-Length: 43", "Content-Type: image/gif");
        var head = await AskAsync("HEAD", url);
        Assert.Equal(200, head.Status);
        Assert.Empty(head.Body);
        AssertHeaders(head, "Content-Length: 43", "Content-Type: image/gif");
        Assert.Equal(get.Visible, (await AskAsync("GET", url + "?utm_source=x&y=%00%ff")).Visible);
        Assert.Equal(get.Visible, (await AskAsync("GET", url, "If-None-Match: *\nRange: bytes=0-1\nAccept: text/html")).Visible);
    }

    [Theory]
    [InlineData("https://example.com/a?b=1&c=2&amp;d=%26")]
    [InlineData("https://example.com/a%20b/%7Euser/%e4?q=a+b%2B+c")]
    [InlineData("http://example.com/page?x=1#frag/ment?y=2&z")]
    [InlineData("https://müller.example/straße/ärger?q=größe#ende")]
    [InlineData("https://xn--mller-kva.example:8443/")]
    [InlineData("https://user:pa%73s@[2001:db8::1]:81/../a/./b//c")]
    [InlineData("HTTPS://EXAMPLE.com?no=path")]
    [InlineData("https://日本.example/路径/𝕏?e=😀")]
    [InlineData("https://example.com/'\"<>`{}|^?[]=$!*();,~_-")]
    public async Task A_link_leads_where_the_author_said_to_the_byte(string url)
    {
        var tracked = await LinkAsync(url);
        foreach (var method in (string[])["GET", "HEAD"])
        {
            var answer = await AskAsync(method, tracked + (method == "GET" ? "?fbclid=x" : ""));
            Assert.Equal(302, answer.Status);
            Assert.Empty(answer.Body);
            AssertHeaders(answer, "Content-Length: 0", "Location: " + url);
        }
    }

    [Fact]
    public async Task The_longest_link_works_and_a_longer_one_is_refused()
    {
        // The tracked address is base64 of 36 bytes and the destination, so every length is not possible; the longest that fits is found by trying.
        var room = Enumerable.Range(600, 200).Last(n => Server.Address.ToString().Length + 2 + (36 + n + 2) * 4 / 3 <= TokenCodec.MaxLinkLength);
        var url = "https://example.com/".PadRight(room - 3, 'x');
        var tracked = await LinkAsync(url);
        Assert.InRange(tracked.Length, TokenCodec.MaxLinkLength - 12, TokenCodec.MaxLinkLength);
        Assert.Equal(url, (await AskAsync("GET", tracked)).Header("Location"));
        using var refused = await Rita.SendAsync(HttpMethod.Post, "/links", Answers.Json(new { recipient = new { email = "paul@customer.example" }, url = url.PadRight(room + 5, 'x') }));
        Assert.Equal("cannot-track", await Answers.ProblemAsync(refused, HttpStatusCode.UnprocessableEntity));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("HEAD")]
    public async Task Whoever_does_not_GET_is_a_machine(string method)
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var message = await Rita.MailAsync(Mails.Proposal());
        foreach (var url in (string[])[message.Text("copies", 0, "openUrl"), message.Text("copies", 0, "links", 0, "trackedUrl")])
        {
            var answer = await AskAsync(method, url, method == "HEAD" ? "" : "Content-Length: 0");
            if (method != "HEAD")
            {
                Assert.Equal(405, answer.Status);
                AssertHeaders(answer, "Allow: GET, HEAD", "Content-Length: 0");
            }
            var hit = await feed.NextAsync("hit");
            Assert.Equal("machine", hit.Data.Text("verdict"));
            Assert.Equal(method, (await Rita.GetAsync($"/hits/{hit.Data.Text("hitId")}")).Text("facts", "method"));
        }
    }

    [Fact]
    public async Task Whatever_is_not_ours_gets_one_constant_404()
    {
        var message = await Rita.MailAsync(Mails.Proposal());
        string Token(string url) => new Uri(url).AbsolutePath[3..].Replace(".gif", "", StringComparison.Ordinal);
        var (open, click, refuse) = (Token(message.Text("copies", 0, "openUrl")), Token(message.Text("copies", 0, "links", 0, "trackedUrl")), Token(message.Text("copies", 0, "optOutUrl")));
        await using var elsewhere = await Engine.SqliteAsync();
        await using var foreign = await TestServer.StartAsync(elsewhere);
        var theirs = foreign.Services.GetService(typeof(PublicAddress)) as PublicAddress;
        var stranger = CopyId.FromBytes(new byte[CopyId.Length]);
        string Flip(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
        string[] paths =
        [
            "/o/", "/o/.gif", "/o/x.gif", $"/o/{open}", $"/o/{open}.png", $"/o/{open[..^1]}.gif", $"/o/{open}A.gif", $"/o/{Flip(open, 0)}.gif", $"/o/{Flip(open, 5)}.gif", $"/o/{Flip(open, open.Length - 3)}.gif",
            $"/o/{open}=.gif", $"/o/{open}/.gif", $"/o/{click}.gif", $"/o/{refuse}.gif", $"/o/{Token(theirs!.Open(stranger))}.gif", $"/o/{new string('A', 4000)}.gif",
            "/c/", "/c/x", $"/c/{click[..^1]}", $"/c/{click}.gif", $"/c/{Flip(click, 30)}", $"/c/{open}", $"/c/{refuse}", $"/c/{Token(theirs.Click(stranger, 0, "https://example.com/"))}", "/c/https://evil.example/", "/c/%0d%0aX:y",
        ];
        var answers = new Dictionary<string, string>();
        foreach (var path in paths)
        {
            var answer = await AskAsync("GET", new Uri(Server.Address, path).OriginalString);
            Assert.True(answer.Status == 404, $"{answer.Status} for {path}");
            answers[path] = answer.Visible;
            Assert.Equal(404, (await AskAsync("POST", new Uri(Server.Address, path).OriginalString, "Content-Length: 0")).Status);
        }
        Assert.Single(answers.Values.Distinct());
        AssertHeaders(await AskAsync("GET", new Uri(Server.Address, "/o/x.gif").ToString()), "Content-Length: 11", "Content-Type: text/plain");
        // The opt-out page refuses the others' tokens too.
        foreach (var token in (string[])[open, click, refuse[..^1], Token(theirs.OptOut(stranger))])
        {
            Assert.Equal(404, (await AskAsync("POST", new Uri(Server.Address, "/u/" + token).ToString(), "Content-Length: 0")).Status);
        }
        Assert.Equal(0, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from refusals"), Ct));
    }
}
