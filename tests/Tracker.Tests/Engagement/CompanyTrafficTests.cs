using Tracker.Tests.Support;

namespace Tracker.Tests.Engagement;

/// <summary>What only shows across copies: one source at several people's mail, and a company's scanning habit.</summary>
public abstract class CompanyTrafficTests : ServerContract
{
    [Fact]
    public async Task One_source_at_several_peoples_copies_is_a_scan_and_takes_prompts_back()
    {
        await using var feed = await FeedClient.OpenAsync(Rita);
        var copies = new[] { await CopyAsync("ann@customer.example", TimeSpan.FromHours(2)), await CopyAsync("ben@customer.example", TimeSpan.FromHours(2)), await CopyAsync("cat@customer.example", TimeSpan.FromHours(2)) };
        foreach (var copy in copies)
        {
            await Server.VisitAsync(copy.Text("openUrl"), address: "198.51.100.50");
            await feed.NextAsync("hit");
        }
        await feed.NextAsync("prompt.withdrawn");
        await feed.NextAsync("prompt.withdrawn");
        foreach (var copy in copies)
        {
            var hit = (await HitsAsync(copy, 1)).Single()!;
            Assert.Equal("machine", hit.Text("verdict"));
            Assert.Contains("copies within seconds", hit.Text("reasons", 0), StringComparison.Ordinal);
        }
        // Judged again later, it is still known.
        Server.Time.Advance(TimeSpan.FromHours(1));
        await Server.VisitAsync(copies[0].Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        Assert.Equal(["machine", "human"], Verdicts(await HitsAsync(copies[0], 2)));
    }

    [Fact]
    public async Task One_person_who_opens_a_thread_of_several_mails_is_a_person()
    {
        var copies = new[] { await CopyAsync("ann@customer.example", TimeSpan.FromHours(2), "one"), await CopyAsync("ann@customer.example", TimeSpan.FromHours(2), "two"), await CopyAsync("ann@customer.example", TimeSpan.FromHours(2), "three") };
        foreach (var copy in copies)
        {
            await Server.VisitAsync(copy.Text("openUrl"), address: "198.51.100.50");
        }
        foreach (var copy in copies)
        {
            Assert.Equal(["human"], Verdicts(await HitsAsync(copy, 1)));
        }
    }

    [Fact]
    public async Task An_image_proxy_serves_everybody()
    {
        var copies = new[] { await CopyAsync("ann@customer.example", TimeSpan.FromHours(2)), await CopyAsync("ben@other.example", TimeSpan.FromHours(2)), await CopyAsync("cat@third.example", TimeSpan.FromHours(2)) };
        foreach (var copy in copies)
        {
            await Server.VisitAsync(copy.Text("openUrl"), Browsers.GmailProxy, "66.249.84.1");
        }
        foreach (var copy in copies)
        {
            Assert.Equal(["human"], Verdicts(await HitsAsync(copy, 1)));
        }
    }

    [Fact]
    public async Task A_company_whose_mail_is_always_scanned_is_known_by_the_time_of_its_scans()
    {
        for (var i = 0; i < 3; i++)
        {
            var scanned = await CopyAsync($"person{i}@customer.example", TimeSpan.FromSeconds(80));
            await Server.VisitAsync(scanned.Text("links", 0, "trackedUrl"), address: $"192.0.2.{i + 1}");
            await Server.VisitAsync(scanned.Text("links", 1, "trackedUrl"), address: $"192.0.2.{i + 1}");
            Assert.Equal(["machine", "machine"], Verdicts(await HitsAsync(scanned, 2)));
            Server.Time.Advance(TimeSpan.FromMinutes(1));
        }
        var copy = await CopyAsync("dora@customer.example", TimeSpan.FromSeconds(80));
        await Server.VisitAsync(copy.Text("links", 0, "trackedUrl"), address: "203.0.113.77");
        var hit = (await HitsAsync(copy, 1)).Single()!;
        Assert.Equal("unknown", hit.Text("verdict"));
        Assert.Contains("this company's mail is usually scanned", hit.Text("reasons", 0), StringComparison.Ordinal);
        Assert.Contains((await Rita.GetAsync($"/hits/{hit.Text("hitId")}")).At("opinions")!.AsArray(), o => o!.Text("rule") == "usual-scan-time" && o!.At("verdict") is not null);

        var elsewhere = await CopyAsync("emil@other.example", TimeSpan.FromSeconds(80));
        await Server.VisitAsync(elsewhere.Text("links", 0, "trackedUrl"), address: "203.0.113.78");
        Server.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["human"], Verdicts(await HitsAsync(elsewhere, 1)));
    }
}

public sealed class SqliteCompanyTraffic : CompanyTrafficTests
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class PostgresCompanyTraffic : CompanyTrafficTests
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
