using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Tracker.Commands;
using Tracker.Hits;
using Tracker.Settings;
using Tracker.Tests.Support;

namespace Tracker.Tests.Signals;

public sealed class NetworkRefreshTests
{
    // As many ranges as a list needs to be believed: at least half of what it would replace.
    static readonly string Apple = string.Concat(Enumerable.Range(0, 8).Select(i => $"192.0.2.{i * 8}/29,DE,DE-BE,Berlin,\n")) + "2001:db8:a::/64,US,,,\n",
        Google = $$"""{"creationTime":"x","prefixes":[{{string.Join(',', Enumerable.Range(0, 8).Select(i => $"{{\"ipv4Prefix\":\"198.51.100.{i * 4}/30\"}}"))}},{"ipv6Prefix":"2001:db8:9::/64"}]}""",
        Microsoft = $$"""[{"id":1,"ips":[{{Ips(0, 16)}}]},{"id":9,"ips":[{{Ips(16, 24)}}]},{"id":31,"ips":["10.0.0.0/8"]},{"id":64,"urls":["x"]}]""";

    static string Ips(int from, int to) => string.Join(',', Enumerable.Range(from, to - from).Select(i => $"\"203.0.113.{i * 8}/29\""));

    [Fact]
    public async Task Refreshed_lists_win_and_a_failed_one_leaves_the_old()
    {
        await using var engine = await Engine.SqliteAsync();
        var answers = new Dictionary<string, string> { ["/apple"] = Apple, ["/microsoft"] = Microsoft, ["/google"] = Google, ["/bot"] = Google.Replace("\"198.51.100.", "\"198.18.7.", StringComparison.Ordinal) };
        await using var web = WebApplication.CreateSlimBuilder().Build();
        web.Urls.Add("http://127.0.0.1:0");
        web.Run(http => answers.TryGetValue(http.Request.Path, out var text) ? http.Response.WriteAsync(text) : Missing(http));
        await web.StartAsync(TestContext.Current.CancellationToken);
        var settings = Settings(engine, web.Urls.First());

        Assert.Equal(0, await NetworksCommand.RefreshAsync(settings, TimeProvider.System, TestContext.Current.CancellationToken));
        var networks = new KnownNetworks(settings);
        Assert.Equal(["apple-egress", "exchange-online", "microsoft-eop", "google-crawlers", "googlebot"],
            new[] { "192.0.2.1", "203.0.113.1", "203.0.113.129", "198.51.100.1", "198.18.7.1" }.Select(a => networks.Find(IPAddress.Parse(a))?.Name));
        Assert.Null(networks.Find(IPAddress.Parse("172.225.10.4")));   // shipped, but Apple's own list knows better now
        Assert.Equal("barracuda-egd", networks.Find(IPAddress.Parse("209.222.82.1"))?.Name);
        Assert.Equal("own-gateway", networks.Find(IPAddress.Parse("198.18.0.5"))?.Name);

        answers["/apple"] = "<html>moved</html>";
        answers["/google"] = """{"prefixes":[]}""";
        answers.Remove("/microsoft");
        Assert.Equal(1, await NetworksCommand.RefreshAsync(settings, TimeProvider.System, TestContext.Current.CancellationToken));
        networks = new KnownNetworks(settings);
        Assert.Equal(["apple-egress", "microsoft-eop", "google-crawlers"], new[] { "192.0.2.1", "203.0.113.129", "198.51.100.1" }.Select(a => networks.Find(IPAddress.Parse(a))?.Name));
    }

    [Fact]
    public async Task A_first_answer_that_was_cut_off_does_not_replace_the_shipped_list()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var web = WebApplication.CreateSlimBuilder().Build();
        web.Urls.Add("http://127.0.0.1:0");
        web.Run(http => http.Response.WriteAsync(http.Request.Path == "/microsoft" ? """[{"id":9,"ips":["203.0.113.0/25"]}]""" : "192.0.2.0/26,DE,,,\n"));
        await web.StartAsync(TestContext.Current.CancellationToken);
        var settings = Settings(engine, web.Urls.First());
        Assert.Equal(1, await NetworksCommand.RefreshAsync(settings, TimeProvider.System, TestContext.Current.CancellationToken));
        var networks = new KnownNetworks(settings);
        Assert.Equal(["microsoft-eop", "apple-egress"], new[] { "40.107.22.5", "172.225.10.4" }.Select(a => networks.Find(IPAddress.Parse(a))?.Name));
        Assert.Null(networks.Find(IPAddress.Parse("203.0.113.1")));
    }

    [Fact]
    public async Task A_damaged_list_is_named_with_the_way_out()
    {
        await using var engine = await Engine.SqliteAsync();
        var settings = Settings(engine, "http://127.0.0.1:1");
        Directory.CreateDirectory(settings.NetworksFolder);
        await File.WriteAllTextAsync(Path.Combine(settings.NetworksFolder, "apple-egress.csv"), "nonsense\n", TestContext.Current.CancellationToken);
        Assert.Contains("tracker networks refresh", Assert.Throws<InvalidDataException>(() => new KnownNetworks(settings)).Message, StringComparison.Ordinal);
    }

    static Task Missing(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    static TrackerSettings Settings(Engine engine, string url) => TrackerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Tracker:DataFolder"] = engine.DataFolder, ["Tracker:GatewayNetworks"] = "198.18.0.0/24", ["Tracker:NetworkLists:AppleEgress"] = url + "/apple",
        ["Tracker:NetworkLists:Microsoft365"] = url + "/microsoft", ["Tracker:NetworkLists:GoogleCrawlers"] = url + "/google", ["Tracker:NetworkLists:Googlebot"] = url + "/bot",
    }).Build());
}
