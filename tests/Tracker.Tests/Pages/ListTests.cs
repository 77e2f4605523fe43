using System.Net;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>What the lists and the pages behind them say, asked over plain HTTP.</summary>
public abstract class ListContract(Func<Task<Engine>> start) : ApiContract(start)
{
    async Task<string> CookieAsync() => await Server.CookieAsync((await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single(r => r.Email == "rita@example.com").Id);

    async Task<string> ReadAsync(string to)
    {
        var copy = (await Rita.MailAsync(Mails.Proposal(to))).At("copies", 0)!;
        await Server.VisitAsync(copy.Text("openUrl"), address: $"198.51.{copy.Text("id")}.7");
        return copy.Text("prospectId");
    }

    [Fact]
    public async Task Hot_is_filtered_by_stage_on_the_page_and_in_the_file()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var (paul, anna) = (await ReadAsync("Paul Prospect <paul@customer.example>"), await ReadAsync("Anna Lee <anna@other.example>"));
        await ReadAsync("Olga Nodeal <olga@third.example>");
        for (var i = 0; i < 3; i++)
        {
            await feed.NextAsync("prompt.raised");
        }
        // Paul's newest open deal counts, not the one that was lost.
        var lost = await Rita.PostAsync("/deals", new { prospectId = paul }, HttpStatusCode.Created);
        await Rita.PostAsync("/deals", new { prospectId = paul, meetingAt = Server.Time.GetUtcNow().AddDays(2) }, HttpStatusCode.Created);
        await Rita.PostAsync($"/deals/{lost.Text("deal", "id")}/stage", new { stage = "lost", never = true, reason = "price" });
        await Rita.PostAsync("/deals", new { prospectId = anna }, HttpStatusCode.Created);
        var cookie = await CookieAsync();

        Assert.Equal(("Meeting agreed", "Lead", ""), (await StageAsync(cookie, "", "paul@"), await StageAsync(cookie, "", "anna@"), await StageAsync(cookie, "", "olga@")));
        Assert.Equal(("Meeting agreed", null, null), (await StageAsync(cookie, "?stage=meetingAgreed", "paul@"), await StageAsync(cookie, "?stage=meetingAgreed", "anna@"), await StageAsync(cookie, "?stage=meetingAgreed", "olga@")));
        Assert.Null(await StageAsync(cookie, "?stage=lost", "paul@"));
        Assert.Null(await StageAsync(cookie, "?stage=lead&company=customer.example", "anna@"));
        var page = await Server.PageAsync(cookie, "/hot?stage=lead");
        Assert.Contains("Anna Lee", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Paul Prospect", page, StringComparison.Ordinal);
        Assert.Contains("/hot.csv?rep=&company=&stage=lead", page, StringComparison.Ordinal);
        Assert.Contains("at the stage “Won”", await Server.PageAsync(cookie, "/hot?stage=won"), StringComparison.Ordinal);
        // A stage that is none filters nothing.
        Assert.Contains("Paul Prospect", await Server.PageAsync(cookie, "/hot?stage=%27%20or%201=1"), StringComparison.Ordinal);

        // Somebody else's deal is not told.
        var olga = await Server.CookieAsync((await Server.RepAsync("olga@example.com", "Olga")).Id);
        Assert.Null(await StageAsync(olga, "?stage=lead", "anna@"));
    }

    /// <returns>The stage in the file's line of that person; null when there is no such line.</returns>
    async Task<string?> StageAsync(string cookie, string query, string email) =>
        (await Server.PageAsync(cookie, "/hot.csv" + query)).Split('\n').Select(l => l.Split(',').Select(c => c.Trim('"', '\r')).ToArray()).FirstOrDefault(l => l.Length > 4 && l[1].StartsWith(email, StringComparison.Ordinal))?[4];

    [Fact]
    public async Task A_call_is_handed_to_nobody_who_has_left()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        await ReadAsync("Paul Prospect <paul@customer.example>");
        var prompt = (await feed.NextAsync("prompt.raised")).Data.Text("id");
        var gone = await Server.RepAsync("gone@example.com", "Gustav Gone");
        Assert.Contains("Gustav Gone", await Server.PageAsync(await CookieAsync(), "/"), StringComparison.Ordinal);
        await Server.Database.WriteAsync(s => Reps.DeactivateAsync(s, gone.Id, Server.Time.GetUtcNow()), Ct);
        Assert.DoesNotContain("Gustav Gone", await Server.PageAsync(await CookieAsync(), "/"), StringComparison.Ordinal);
        // Also from a page that was opened before.
        var refused = await Rita.PostAsync($"/prompts/{prompt}/hand", new { rep = gone.Email }, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("has left the team", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("open", (await Rita.GetAsync($"/prompts/{prompt}")).Text("state"));
    }

    [Fact]
    public async Task Calls_stages_and_how_a_company_reads_are_told()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var paul = await ReadAsync("Paul Prospect <paul@customer.example>");
        await ReadAsync("Petra <petra@customer.example>");
        await feed.NextAsync("prompt.raised");
        await feed.NextAsync("prompt.raised");
        await Rita.PostAsync("/deals", new { prospectId = paul }, HttpStatusCode.Created);
        await Rita.PostAsync($"/prospects/{paul}/touches", new { kind = "call", outcome = "voicemail", note = "Will be back on Tuesday." }, HttpStatusCode.Created);
        await Rita.PostAsync($"/prospects/{paul}/touches", new { kind = "card" }, HttpStatusCode.Created);
        var cookie = await CookieAsync();
        var person = await Server.PageAsync(cookie, $"/prospects/{paul}");
        Assert.Contains("Called: left a voicemail", person, StringComparison.Ordinal);
        Assert.Contains("Will be back on Tuesday.", person, StringComparison.Ordinal);
        Assert.Contains("Card: sent", person, StringComparison.Ordinal);
        Assert.Contains("A deal began: Lead", person, StringComparison.Ordinal);
        var company = await Server.PageAsync(cookie, $"/companies/{(await Rita.GetAsync("/companies/hot")).Text("items", 0, "id")}");
        Assert.Contains("Heat over four weeks", company, StringComparison.Ordinal);
        // Both looked once.
        Assert.Contains("of 2)", company, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_texts_rates_what_cannot_be_seen_and_moments_in_the_reps_zone_are_told()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var first = await Rita.MailAsync(Mails.Proposal("paul@customer.example"));
        var anna = (await Rita.MailAsync(Mails.Proposal("anna@other.example"))).At("copies", 0)!;
        await Rita.MailAsync(Mails.Proposal("olga@third.example"));
        await Server.VisitAsync(anna.Text("openUrl"), Browsers.ApplePrefetch, "172.225.10.4");
        await feed.NextAsync("hit");
        await Server.VisitAsync(first.Text("copies", 0, "links", 0, "trackedUrl"));
        await feed.NextAsync("prompt.raised");
        var cookie = await CookieAsync();
        var mail = await Server.PageAsync(cookie, $"/mails/{first.Text("id")}");
        Assert.Contains("This text went to 3 people.", mail, StringComparison.Ordinal);
        Assert.Contains("1 (33 %) clicked", mail, StringComparison.Ordinal);
        Assert.Contains("Opens can't be seen, clicks can", await Server.PageAsync(cookie, $"/prospects/{anna.Text("prospectId")}"), StringComparison.Ordinal);

        // The same moment, by two clocks, in words that no language takes for another day.
        var sent = (await Rita.GetAsync($"/messages/{first.Text("id")}"))["sentAt"]!.GetValue<DateTimeOffset>();
        foreach (var zone in new[] { "Asia/Tokyo", "America/New_York" })
        {
            var there = TimeZoneInfo.ConvertTime(sent, TimeZoneInfo.FindSystemTimeZoneById(zone));
            Assert.Contains(there.ToString("ddd d MMM, HH:mm", System.Globalization.CultureInfo.InvariantCulture), await Server.PageAsync($"{cookie}; zone={zone}", $"/mails/{first.Text("id")}"), StringComparison.Ordinal);
        }
    }
}

public sealed class ListsOnSqlite() : ListContract(Engine.SqliteAsync);

public sealed class ListsOnPostgres() : ListContract(Engine.PostgresAsync);

/// <summary>What became of a mail that went through the outbox stands with each copy.</summary>
public sealed class DeliveryOnPages() : OutboxTest(Engine.SqliteAsync)
{
    [Fact]
    public async Task Each_copy_says_whether_it_went_out()
    {
        Sink.AtRecipient = to => to switch
        {
            _ when to.Contains("gone@", StringComparison.Ordinal) => "550 5.1.1 <No> such user",
            _ when to.Contains("busy@", StringComparison.Ordinal) => "450 4.2.1 Try again later",
            _ => "250 2.1.5 Ok",
        };
        var message = await SendAsync(Mails.Proposal("paul@customer.example, gone@customer.example, busy@customer.example"));
        await StateAsync(message, "paul@customer.example", "sent");
        await StateAsync(message, "gone@customer.example", "failed");
        await Until.TrueAsync(async () => (await DeliveryAsync(message, "busy@customer.example"))["attempts"]!.GetValue<int>() == 1, "the busy one was tried");
        var cookie = await Server.CookieAsync((await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single().Id);
        var list = await Server.PageAsync(cookie, "/mails");
        Assert.Contains("1 not delivered", list, StringComparison.Ordinal);
        Assert.Contains("1 waiting to go out", list, StringComparison.Ordinal);
        var page = await Server.PageAsync(cookie, $"/mails/{message.Text("id")}");
        Assert.Contains("handed over", page, StringComparison.Ordinal);
        Assert.Contains("not delivered", page, StringComparison.Ordinal);
        Assert.Contains("<No> such user", page, StringComparison.Ordinal);
        Assert.Contains("tried once, again", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Another program sent this mail", page, StringComparison.Ordinal);
        var elsewhere = await Rita.MailAsync(Mails.Proposal("anna@customer.example"));
        Assert.Contains("Another program sent this mail", await Server.PageAsync(cookie, $"/mails/{elsewhere.Text("id")}"), StringComparison.Ordinal);
    }
}
