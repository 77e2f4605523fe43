using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tracker.Storage;
using Tracker.Tests.Support;

namespace Tracker.Tests.Commands;

/// <summary>The server as a process: how it starts, refuses to start, and stops.</summary>
public sealed class ServeTests : CommandTests
{
    string Data => Path.Combine(Folder, "data");

    async Task<T> ReadAsync<T>(Func<Session, Task<T>> work)
    {
        await using var database = new Database("", Data);
        return await database.ReadAsync(work, Ct);
    }

    [Theory]
    [InlineData("Tracker:Node", "512", "a whole number from 0 to 511")]
    [InlineData("Tracker:Node", "one", "a whole number from 0 to 511")]
    [InlineData("Tracker:MessageBytes", "12", "from 1000 to 100000000")]
    [InlineData("Tracker:Scoring:HalfLifeHours", "0.5", "a number from 1 to 8760")]
    [InlineData("Tracker:Scoring:OpenWeight", "NaN", "a number from 0.001 to 1000")]
    [InlineData("Tracker:Scoring:ClickWeight", "1e9", "a number from 0.001 to 1000")]
    [InlineData("Tracker:Prompts:LifetimeMinutes", "1.5", "a whole number from 1 to 10080")]
    [InlineData("Tracker:Feed:KeepAliveSeconds", "0", "from 1 to 300")]
    [InlineData("Tracker:PublicUrl", "t.example.com", "https://t.example.com")]
    [InlineData("Tracker:PublicUrl", "ftp://t.example.com", "https://t.example.com")]
    [InlineData("Tracker:TrustedProxies", "my-proxy", "10.0.0.0/8")]
    [InlineData("Tracker:OfficeNetworks", "10.0.0.0/99", "10.0.0.0/8")]
    [InlineData("Tracker:UnknownConsent", "maybe", "track, off")]
    [InlineData("urls", "localhost", "http://localhost:5080")]
    [InlineData("Tracker:Scoring:HalfLiveHours", "72", "Tracker:Scoring:HalfLifeHours")]
    [InlineData("Tracker:DataFoldr", "x", "Tracker:DataFolder")]
    public void A_wrong_setting_is_named_with_its_value_and_what_is_right(string name, string value, string right)
    {
        var problem = Assert.Throws<Settings.SettingsException>(() => Settings.TrackerSettings.Read(
            new Microsoft.Extensions.Configuration.ConfigurationManager { [name] = value }));
        var line = Assert.Single(problem.Problems);
        Assert.All([name, $"'{value}'", right], part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://+:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://localhost:5080;http://192.0.2.1:8080")]
    public void Who_listens_beyond_this_machine_has_to_say_how_prospects_reach_it(string urls)
    {
        var own = new Microsoft.Extensions.Configuration.ConfigurationManager { ["urls"] = urls, ["Tracker:UnknownConsent"] = "off" };
        var line = Assert.Single(Assert.Throws<Settings.SettingsException>(() => Settings.TrackerSettings.Read(own)).Problems);
        Assert.All(["Tracker:PublicUrl", "https://t.example.com", urls], part => Assert.Contains(part, line, StringComparison.Ordinal));
        own["Tracker:PublicUrl"] = "https://t.example.com";
        Assert.Equal("https://t.example.com", Settings.TrackerSettings.Read(own).PublicUrl);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:5080;https://[::1]:5081")]
    public void Who_listens_on_loopback_need_not(string urls) =>
        Assert.Equal(urls, Settings.TrackerSettings.Read(new Microsoft.Extensions.Configuration.ConfigurationManager { ["urls"] = urls }).Urls);

    [Fact]
    public async Task Every_wrong_setting_is_told_at_once_and_stops_the_start()
    {
        var ended = await RunAsync("serve", "--Tracker:Node=512", "--Tracker:Feed:KeepDays", "never", "--Tracker:Nod=1");
        Assert.Equal((1, ""), (ended.Code, ended.Out));
        Assert.Equal(3, ended.Error.Trim().Split('\n').Length);
        Assert.All(["Tracker:Node is '512'", "Tracker:Feed:KeepDays is 'never'", "no setting Tracker:Nod "], text => Assert.Contains(text, ended.Error, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task A_public_address_without_a_decision_about_consent_names_the_law()
    {
        var ended = await RunAsync("serve", "--Tracker:PublicUrl=https://t.example.com");
        Assert.Equal(1, ended.Code);
        Assert.All(["Tracker:UnknownConsent", "'track' or 'off'", "ePrivacy Directive Art. 5(3)", "PECR"], text => Assert.Contains(text, ended.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_and_commands_work_beside_the_first()
    {
        var (first, address) = await TrackerProcess.ServeAsync(Folder);
        await using (first)
        {
            var second = await RunAsync("serve", "--urls=http://127.0.0.1:0");
            Assert.Equal(1, second.Code);
            Assert.Contains($"Another tracker is serving the data folder {Data}", second.Error, StringComparison.Ordinal);
            Assert.Contains("added", await OutAsync("reps", "add", "rita@example.com", "--name", "Rita"), StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = address };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", Ct)).StatusCode);
            await first.TerminateAsync();
            Assert.Equal(0, (await first.EndAsync(TimeSpan.FromSeconds(10))).Code);
        }
    }

    [Fact]
    public async Task A_database_from_a_newer_version_ends_the_start_with_both_versions_named()
    {
        await OutAsync("reps", "list");
        await using (var database = new Database("", Data))
        {
            await database.WriteAsync(s => s.ExecuteAsync("insert into schema_versions (version, name, applied_at_ms) values (9999, 'future', 1)"), Ct);
        }
        foreach (var verb in new[] { new[] { "serve", "--urls=http://127.0.0.1:0" }, ["reps", "list"] })
        {
            var ended = await RunAsync(verb);
            Assert.True(ended.Code == 1, $"{ended.Code}: {ended.Error}");
            Assert.Contains("9999", ended.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stop_under_load_loses_nothing_that_was_acknowledged()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var url = (await new ApiClient(address, key).MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
            var acknowledged = new ConcurrentBag<int>();
            var load = Enumerable.Range(0, 32).Select(_ => Task.Run(() => LoadAsync(url, acknowledged), Ct)).ToList();
            await Until.TrueAsync(() => acknowledged.Count > 500, "the load runs");
            await server.TerminateAsync();
            var ended = await server.EndAsync(TimeSpan.FromSeconds(10));
            Assert.True(ended.Code == 0, $"exit {ended.Code}\n{ended.Error}");
            await Task.WhenAll(load);
            var stored = await ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"));
            Assert.True(stored >= acknowledged.Count, $"{acknowledged.Count} acknowledged, {stored} stored");
        }
    }

    [Fact]
    public async Task A_stop_waits_for_a_slow_upload()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var mail = System.Text.Encoding.UTF8.GetBytes(Mails.Proposal());
            using var socket = new System.Net.Sockets.TcpClient(address.Host, address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"POST /api/v1/messages HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {key}\r\nContent-Type: message/rfc822\r\nContent-Length: {mail.Length}\r\nConnection: close\r\n\r\n"), Ct);
            await stream.WriteAsync(mail.AsMemory(0, 40), Ct);
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            for (var sent = 40; sent < mail.Length; sent += 10)
            {
                // For about three seconds after the signal; the server puts up with slow clients for five.
                if (sent == 100)
                {
                    await server.TerminateAsync();
                }
                await stream.WriteAsync(mail.AsMemory(sent, Math.Min(10, mail.Length - sent)), Ct);
                await pace.WaitForNextTickAsync(Ct);
            }
            using var reader = new StreamReader(stream);
            Assert.StartsWith("HTTP/1.1 201", await reader.ReadToEndAsync(Ct), StringComparison.Ordinal);
            Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(10))).Code);
        }
    }

    static async Task LoadAsync(string url, ConcurrentBag<int> acknowledged)
    {
        using var http = new HttpClient();
        try
        {
            while ((await http.GetAsync(url, Ct)).StatusCode == HttpStatusCode.OK)
            {
                acknowledged.Add(1);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The server is gone: what was under way was never acknowledged.
        }
    }

    [Fact]
    public async Task Doctor_warns_when_all_hits_come_from_one_network()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Trim();
        Assert.Contains("Too few hits (0)", await OutAsync("doctor"), StringComparison.Ordinal);
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var url = (await new ApiClient(address, key).MailAsync(Mails.Proposal())).Text("copies", 0, "openUrl");
            using var http = new HttpClient();
            for (var i = 0; i < 25; i++)
            {
                await http.GetAsync(url, Ct);
            }
            await Until.TrueAsync(async () => await ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits")) == 25, "all hits are stored");
            var warned = await RunAsync("doctor");
            Assert.Equal(1, warned.Code);
            Assert.Contains("PROBLEM The last 25 hits all came from one network (127.0.0.0/24)", warned.Out, StringComparison.Ordinal);
            Assert.Contains("Tracker:TrustedProxies", warned.Out, StringComparison.Ordinal);

            http.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
            await http.GetAsync(url, Ct);
            await Until.TrueAsync(async () => await ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits")) == 26, "the other hit is stored");
            Assert.Contains("came from 2 networks", await OutAsync("doctor"), StringComparison.Ordinal);
        }
    }
}
