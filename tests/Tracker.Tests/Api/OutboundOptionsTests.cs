using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>What is put into mail: wished by the message, its X-Track header, its rep, its sending domain and the settings, in this order.</summary>
public abstract class OutboundOptionsTests(Func<Task<Engine>> start) : ApiContract(start)
{
    static readonly string Plain = """
        From: Rita Rep <rita@example.com>
        To: Paul <paul@customer.example>
        Subject: Prices
        Content-Type: text/plain; charset=utf-8

        See https://example.com/pricing or leave: {{opt-out}}
        """.ReplaceLineEndings("\r\n");

    string Elsewhere => $"http://localhost:{Server.Address.Port}";

    static string Mime(JsonNode message) => Encoding.Latin1.GetString(Convert.FromBase64String(message.Text("copies", 0, "mime")));

    static string Summary(JsonNode message) => message.Text("copies", 0, "summary");

    async Task<JsonNode> WishAsync(object wishes, ApiClient? client = null) =>
        await Answers.JsonAsync(await (client ?? Rita).SendAsync(HttpMethod.Put, "/outbound-options", Answers.Json(wishes)), HttpStatusCode.OK);

    /// <summary>What is in the copy: pixel, tracked links.</summary>
    static (bool Pixel, int Links) In(JsonNode message) =>
        (message.At("copies", 0, "openUrl") is not null, message.At("copies", 0, "links")!.AsArray().Count(l => l!["trackedUrl"] is not null));

    [Theory]
    [InlineData("both", true, 2, "2 links: all tracked")]
    [InlineData("opens", true, 0, "2 links: 0 tracked, 2 not: link tracking is off for this mail")]
    [InlineData("clicks", false, 2, "2 links: all tracked")]
    [InlineData("off", false, 0, "2 links: 0 tracked, 2 not: tracking is off for this mail")]
    public async Task A_message_wishes_by_query_by_header_or_by_its_rep(string track, bool pixel, int links, string summary)
    {
        var byQuery = await Rita.MailAsync(Mails.Proposal(), $"&track={track}");
        Assert.Equal(((pixel, links), summary, track), (In(byQuery), Summary(byQuery), byQuery.Text("options", "track")));
        Assert.Equal(track == "off", Mime(byQuery) == Mails.Proposal());

        var byHeader = await Rita.MailAsync(Mails.Proposal(headers: $"X-Track: {track.ToUpperInvariant()}\r\n"));
        Assert.Equal((pixel, links), In(byHeader));

        await WishAsync(new { track });
        Assert.Equal((pixel, links), In(await Rita.MailAsync(Mails.Proposal())));
        Assert.Equal((true, 2), In(await Rita.MailAsync(Mails.Proposal(), "&track=both")));
        Assert.Equal((true, 0), In(await Rita.MailAsync(Mails.Proposal(headers: "X-Track: opens\r\n"))));

        var stored = await Rita.GetAsync($"/messages/{byQuery.Text("id")}");
        Assert.Equal(((pixel, links), summary, track), (In(stored), Summary(stored), stored.Text("options", "track")));
        Assert.Equal(byQuery.At("copies", 0, "links")!.ToJsonString(), stored.At("copies", 0, "links")!.ToJsonString());
    }

    [Fact]
    public async Task An_x_track_header_that_nobody_understands_costs_tracking_and_says_so()
    {
        var message = await Rita.MailAsync(Mails.Proposal(headers: "X-Track: opens-only\r\n"));
        Assert.Equal("the mail's X-Track header is none of both, opens, clicks and off", message.Text("copies", 0, "reason"));
    }

    [Fact]
    public async Task Wishes_of_a_rep_are_kept_and_what_is_left_out_goes_back_to_the_settings()
    {
        Assert.Equal("""{"track":null,"plainTextLinks":null,"calendarInvites":null,"optOutFooter":null,"trackingUrl":null}""", (await Rita.GetAsync("/outbound-options"))["options"]!.ToJsonString());
        await WishAsync(new { track = "clicks", plainTextLinks = true, calendarInvites = true, optOutFooter = "No thanks" });
        await RestartAsync();
        var wished = await Rita.GetAsync("/outbound-options");
        Assert.Equal(("rita@example.com", "No thanks", "clicks"), (wished.Text("rep"), wished.Text("options", "optOutFooter"), wished.Text("inForce", "track")));
        var message = await Rita.MailAsync(Mails.Proposal());
        Assert.Contains($"<p><a href=\"{message.Text("copies", 0, "optOutUrl")}\">No thanks</a></p>", Mime(message), StringComparison.Ordinal);

        var rest = await WishAsync(new { track = "opens" });
        Assert.Equal(("opens", ""), (rest.Text("inForce", "track"), rest.Text("inForce", "optOutFooter")));
        Assert.Null(rest.At("options", "optOutFooter"));
    }

    [Fact]
    public async Task Links_of_plain_text_are_tracked_when_wished_and_the_placeholder_always_leads_to_the_recipients_page()
    {
        var left = await Rita.MailAsync(Plain);
        Assert.Equal("the mail has no HTML part", left.Text("copies", 0, "reason"));
        Assert.Contains("https://example.com/pricing or leave: http", Mime(left), StringComparison.Ordinal);

        var message = await Rita.MailAsync(Plain, "&plainTextLinks=true");
        Assert.Contains($"See {message.Text("copies", 0, "links", 0, "trackedUrl")} or leave: {message.Text("copies", 0, "optOutUrl")}", Mime(message), StringComparison.Ordinal);

        var page = Mime(message)[(Mime(message).IndexOf("leave: ", StringComparison.Ordinal) + 7)..].Trim();
        using var refusal = await Server.Http.PostAsync(page, new FormUrlEncodedContent([]), Ct);
        Assert.True(refusal.IsSuccessStatusCode, refusal.StatusCode.ToString());
        var after = await Rita.MailAsync(Plain, "&plainTextLinks=true");
        Assert.Equal("the recipient does not want to be tracked", after.Text("copies", 0, "reason"));
        Assert.Contains("https://example.com/pricing or leave: http", Mime(after), StringComparison.Ordinal);
        Assert.DoesNotContain("{{opt-out}}", Mime(after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rep_may_have_a_tracking_host_of_their_own_which_only_an_administrator_sets()
    {
        using var refused = await Rita.SendAsync(HttpMethod.Put, "/outbound-options", Answers.Json(new { trackingUrl = Elsewhere }));
        Assert.Equal("forbidden", await Answers.ProblemAsync(refused, HttpStatusCode.Forbidden));
        var admin = await Server.ClientAsync((await Server.RepAsync()).Id, Scopes.Send, Scopes.Admin);
        Assert.Equal(Elsewhere, (await WishAsync(new { trackingUrl = Elsewhere + "/" }, admin)).Text("inForce", "trackingUrl"));

        var message = await Rita.MailAsync(Mails.Proposal());
        foreach (var url in new[] { message.Text("copies", 0, "openUrl"), message.Text("copies", 0, "optOutUrl"), message.Text("copies", 0, "links", 0, "trackedUrl") })
        {
            Assert.StartsWith(Elsewhere + "/", url, StringComparison.Ordinal);
            Assert.NotEqual(HttpStatusCode.NotFound, (await Server.VisitAsync(url)).StatusCode);
        }
        var link = await Rita.PostAsync("/links", new { recipient = new { email = "paul@customer.example" }, url = "https://example.com/" }, HttpStatusCode.Created);
        Assert.StartsWith(Elsewhere + "/c/", link.Text("trackedUrl"), StringComparison.Ordinal);

        // What was sent stays as it was sent when the host changes.
        await WishAsync(new { trackingUrl = "" }, admin);
        Assert.Equal(message.At("copies", 0, "links")!.ToJsonString(), (await Rita.GetAsync($"/messages/{message.Text("id")}")).At("copies", 0, "links")!.ToJsonString());
        Assert.StartsWith($"http://127.0.0.1:{Server.Address.Port}/", (await Rita.MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sending_domain_may_have_a_tracking_host_and_the_settings_wish_last()
    {
        await using var server = await TestServer.StartAsync(
            await Engine.SqliteAsync(), null, ("Tracker:Outbound:TrackingUrls", "example.org=http://o.localhost:1, Example.com=http://t.localhost:1/"), ("Tracker:Outbound:Track", "opens"));
        var rita = await server.RepClientAsync();
        var message = await rita.MailAsync(Mails.Proposal());
        Assert.StartsWith("http://t.localhost:1/o/", message.Text("copies", 0, "openUrl"), StringComparison.Ordinal);
        Assert.Equal((true, 0), In(message));
        Assert.Equal((true, 2), In(await rita.MailAsync(Mails.Proposal(), "&track=both")));
    }

    [Theory]
    [InlineData("&track=never", "'track' is 'never'. It takes one of: both, opens, clicks, off")]
    [InlineData("&optOutFooter=a%0Ab", "'optOutFooter'")]
    [InlineData("&plainTextLinks=perhaps", "plainTextLinks")]
    public async Task A_wish_that_cannot_be_met_is_named(string query, string detail)
    {
        using var content = new StringContent(Mails.Proposal(), new System.Net.Http.Headers.MediaTypeHeaderValue("message/rfc822"));
        using var response = await Rita.SendAsync(HttpMethod.Post, "/messages?mime=false" + query, content);
        Assert.Contains(detail, (await Answers.JsonAsync(response, HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"track":"never"}""", "'track'")]
    [InlineData("""{"trackingUrl":"t.example.com"}""", "'trackingUrl'")]
    [InlineData("""{"trackingUrl":"https://t.example.com/?a=b"}""", "xn--")]
    [InlineData("""{"trackingUrl":"https://t.exämple.com"}""", "xn--")]
    [InlineData("""{"trackingUrl":"https://t.example.com"}""", "Tracker:UnknownConsent")]
    [InlineData("""{"optOutFooter":"a\nb"}""", "'optOutFooter'")]
    public async Task A_reps_wish_that_cannot_be_met_is_named(string body, string detail)
    {
        using var response = await Rita.SendAsync(HttpMethod.Put, "/outbound-options", Answers.Json(body));
        Assert.Contains(detail, (await Answers.JsonAsync(response, HttpStatusCode.BadRequest)).Text("detail"), StringComparison.Ordinal);
    }
}

public sealed class SqliteOutboundOptions() : OutboundOptionsTests(Engine.SqliteAsync);

public sealed class PostgresOutboundOptions() : OutboundOptionsTests(Engine.PostgresAsync);
