using System.Net;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>O4: an older program leaves a newer database alone and says so; told to, it answers pixels, links and opt-outs without any.</summary>
public sealed class RedirectOnly : CommandTests
{
    string Data => Path.Combine(Folder, "data");

    async Task<T> InDatabaseAsync<T>(Func<Session, Task<T>> work)
    {
        await using var database = new Database("", Data);
        return await database.WriteAsync(work, Ct);
    }

    Task<int> ExecuteAsync(string sql) => InDatabaseAsync(s => s.ExecuteAsync(sql));

    Task<long> CountAsync(string from) => InDatabaseAsync(s => s.ScalarAsync<long>($"select count(*) from {from}"))!;

    [Fact]
    public async Task What_is_out_works_while_the_database_is_a_newer_programs_and_is_stored_by_the_next()
    {
        var (open, click, address, others) = await MailAsync();
        await ExecuteAsync("insert into schema_versions (version, name, applied_at_ms) values (9999, 'future', 1)");
        var refused = await RunAsync("serve", "--urls=http://127.0.0.1:0");
        Assert.Equal(1, refused.Code);
        Assert.All(["schema version 9999", "--redirect-only"], text => Assert.Contains(text, refused.Error, StringComparison.Ordinal));
        var before = await File.ReadAllBytesAsync(Path.Combine(Data, "tracker.db"), Ct);

        var (server, at) = await TrackerProcess.ServeAsync(Folder, "--redirect-only");
        await using (server)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = at };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(open, Ct)).StatusCode);
            using var redirect = await http.GetAsync(click, Ct);
            Assert.Equal((HttpStatusCode.Found, address), (redirect.StatusCode, redirect.Headers.GetValues("Location").Single()));
            await RestIsToldAsync(http);
            using var wish = await http.PostAsync(others.OptOut, null, Ct);
            Assert.Contains("You are not tracked any more", await wish.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(others.Open, Ct)).StatusCode);
            await server.TerminateAsync();
            Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
        }
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Data, "tracker.db"), Ct));
        Assert.False(File.Exists(Path.Combine(Data, "tracker.db-wal")));

        // The right program is back.
        await ExecuteAsync("delete from schema_versions where version = 9999");
        var (right, _) = await TrackerProcess.ServeAsync(Folder);
        await using (right)
        {
            await Until.TrueAsync(async () => await CountAsync("refusals") == 1, "the wish is stored");
            await Until.TrueAsync(async () => await CountAsync("hits") == 2, "the hits are stored, but for the one of who does not want it");
        }
    }

    /// <summary>Also for PostgreSQL that nobody answers for: it is not even asked.</summary>
    [Fact]
    public async Task Nothing_asks_for_a_database_that_is_set_and_away()
    {
        var (open, _, _, _) = await MailAsync();
        using var nobody = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        var (server, at) = await TrackerProcess.ServeAsync(Folder, "--Tracker:RedirectOnly=true", $"--ConnectionStrings:Tracker=Host=127.0.0.1;Port={port};Database=x;Username=x");
        await using (server)
        {
            using var http = new HttpClient { BaseAddress = at };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(open, Ct)).StatusCode);
            await RestIsToldAsync(http);
        }
        Assert.False(nobody.Pending());
    }

    [Fact]
    public async Task Without_keys_no_link_would_work_so_it_is_refused()
    {
        var refused = await RunAsync("serve", "--redirect-only", "--urls=http://127.0.0.1:0");
        Assert.Equal(1, refused.Code);
        Assert.Contains("no keys in", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Data, "keyring.json")));
    }

    static async Task RestIsToldAsync(HttpClient http)
    {
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", Ct)).StatusCode);
        foreach (var path in (string[])["/health/ready", "/api/v1/prompts", "/"])
        {
            using var answer = await http.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("--redirect-only", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        var metrics = await http.GetStringAsync("/metrics", Ct);
        Assert.Contains("tracker_hits_answered_total", metrics, StringComparison.Ordinal);
    }

    async Task<(string Open, string Click, string Location, (string Open, string OptOut) Others)> MailAsync()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            var copies = (await new ApiClient(address, key).MailAsync(Mails.Proposal("paul@customer.example, anna@customer.example"))).At("copies")!;
            await server.TerminateAsync();
            Assert.Equal(0, (await server.EndAsync(TimeSpan.FromSeconds(30))).Code);
            string Path(params object[] at) => new Uri(copies.Text(at)).PathAndQuery;
            return (Path(0, "openUrl"), Path(0, "links", 0, "trackedUrl"), copies.Text(0, "links", 0, "url"), (Path(1, "openUrl"), Path(1, "optOutUrl")));
        }
    }
}
