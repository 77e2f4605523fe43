using System.Net;
using Tracker.Access;
using Tracker.Prompts;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Team;

/// <summary>What each rep sets for themselves on the page: hours, days off, alerts.</summary>
public abstract class OwnSettingsContract(Func<Task<Engine>> start) : ApiContract(start)
{
    string _cookie = "";
    long _rita;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _rita = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single().Id;
        _cookie = await Server.CookieAsync(_rita);
    }

    Task<(HttpStatusCode Status, string Text)> PostAsync(string path, params (string Name, string Value)[] form) => Server.PostFormAsync(_cookie, path, form);

    [Fact]
    public async Task Hours_of_a_form_are_those_of_the_interface()
    {
        // Until she says, her browser's zone is proposed, and it is said that nothing is stored.
        using (var before = await Server.WithCookieAsync(_cookie + "; zone=America/New_York", HttpMethod.Get, "/settings"))
        {
            var text = await before.Content.ReadAsStringAsync(Ct);
            Assert.Contains("value=\"America/New_York\"", text, StringComparison.Ordinal);
            Assert.Contains("You have not said yet", text, StringComparison.Ordinal);
        }
        var (status, page) = await PostAsync("/settings/hours", ("timeZone", "Europe/Berlin"), ("from-monday", "08:30"), ("to-monday", "12:00"), ("from-saturday", "10:00"), ("to-saturday", "14:00"), ("from-sunday", ""), ("to-sunday", ""));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("You have not said yet", page, StringComparison.Ordinal);
        var time = await Rita.GetAsync("/working-time");
        Assert.Equal("Europe/Berlin", time.Text("timeZone"));
        Assert.Equal(["monday 08:30-12:00", "saturday 10:00-14:00"], time["hours"]!.AsArray().Select(h => $"{h!.Text("day")} {h!.Text("from")}-{h!.Text("to")}"));

        Assert.Contains("time zone", await RefusedAsync(("timeZone", "Berlin"), ("from-monday", "08:00"), ("to-monday", "12:00")), StringComparison.Ordinal);
        Assert.Contains("later than", await RefusedAsync(("timeZone", "Europe/Berlin"), ("from-monday", "12:00"), ("to-monday", "08:00")), StringComparison.Ordinal);
        Assert.Contains("later than", await RefusedAsync(("timeZone", "Europe/Berlin"), ("from-monday", "12:00"), ("to-monday", "")), StringComparison.Ordinal);
        Assert.Contains("at least one day", await RefusedAsync(("timeZone", "Europe/Berlin")), StringComparison.Ordinal);
        Assert.Equal("08:30", (await Rita.GetAsync("/working-time")).Text("hours", 0, "from"));

        async Task<string> RefusedAsync(params (string, string)[] form)
        {
            var (refused, text) = await PostAsync("/settings/hours", form);
            Assert.Equal(HttpStatusCode.BadRequest, refused);
            return text;
        }
    }

    [Fact]
    public async Task Days_off_are_added_in_one_go_and_taken_back_one_by_one()
    {
        var year = Server.Time.GetUtcNow().Year + 1;
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/days-off", ("from", $"{year}-12-24"), ("to", $"{year}-12-26"), ("label", "<b>Holidays</b>"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/days-off", ("from", $"{year}-05-01"), ("to", ""), ("label", ""))).Status);
        Assert.Equal([$"{year}-05-01", $"{year}-12-24", $"{year}-12-25", $"{year}-12-26"], await DaysAsync());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/days-off", ("remove", $"{year}-12-25"))).Status);
        Assert.Equal([$"{year}-05-01", $"{year}-12-24", $"{year}-12-26"], await DaysAsync());
        foreach (var (from, to) in new[] { ("", ""), ("tomorrow", ""), ($"{year}-05-02", $"{year}-05-01"), ($"{year}-01-01", $"{year + 1}-01-01") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/days-off", ("from", from), ("to", to))).Status);
        }
        Assert.Equal(3, (await DaysAsync()).Length);

        async Task<string[]> DaysAsync() => [.. (await Rita.GetAsync("/working-time"))["daysOff"]!.AsArray().Select(d => d!.Text("day"))];
    }

    [Fact]
    public async Task Alerts_are_each_reps_own_and_off_until_asked_for()
    {
        var olga = await Server.RepAsync("olga@example.com", "Olga");
        Assert.Equal(AlertChoices.Quiet, await ChoicesAsync(_rita));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/alerts", ("notify", "yes"), ("workingHoursOnly", "yes"), ("perHour", "12"))).Status);
        Assert.Equal(new(true, false, 12, true), await ChoicesAsync(_rita));
        foreach (var perHour in new[] { "", "0", "61", "many", "-1" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync("/settings/alerts", ("sound", "yes"), ("perHour", perHour))).Status);
        }
        Assert.Equal(new(true, false, 12, true), await ChoicesAsync(_rita));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/settings/alerts", ("sound", "yes"), ("perHour", "1"))).Status);
        Assert.Equal(new(false, true, 1, false), await ChoicesAsync(_rita));
        Assert.Equal(AlertChoices.Quiet, await ChoicesAsync(olga.Id));
    }

    Task<AlertChoices> ChoicesAsync(long rep) => Server.Database.ReadAsync(s => AlertChoices.OfAsync(s, rep), Ct);
}

public sealed class OwnSettingsOnSqlite() : OwnSettingsContract(Engine.SqliteAsync);

public sealed class OwnSettingsOnPostgres() : OwnSettingsContract(Engine.PostgresAsync);
