using System.Net;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Tokens;

/// <summary>R5, R11: ten rotations under a running server and over restarts, and every link of every age works; so do ten thousand clicks from one address beside a flood of forgeries.</summary>
public sealed class RotationTests : CommandTests
{
    [Fact]
    public async Task After_ten_rotations_every_link_of_every_age_works()
    {
        await using var engine = await Engine.SqliteAsync();
        var links = new List<(string Path, string Location)>();
        await using (var server = await TestServer.StartAsync(engine))
        {
            var ring = (Tracker.Domain.Tokens.KeyRing)server.Services.GetService(typeof(Tracker.Domain.Tokens.KeyRing))!;
            var rita = await server.RepClientAsync();
            for (var rotation = 0; rotation <= 10; rotation++)
            {
                var url = $"https://example.com/age/{rotation}?a=%26";
                links.Add((new Uri((await rita.PostAsync("/links", new { recipient = new { email = "paul@customer.example" }, url }, HttpStatusCode.Created)).Text("trackedUrl")).PathAndQuery, url));
                await KeyRingFile.AddAsync(Path.Combine(engine.DataFolder, "keyring.json"), TimeSpan.Zero, TimeProvider.System, Ct);
                await Until.TrueAsync(() => ring.Keys.Count == rotation + 2 && ring.Signer.Id == rotation + 2, "the running server has the new key");
            }
            await AllWorkAsync(server, links);
        }
        await using var again = await TestServer.StartAsync(engine);
        await AllWorkAsync(again, links);
        await Until.TrueAsync(() => again.Database.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from hits") == 2 * links.Count, Ct), "and every hit is recorded");
    }

    static async Task AllWorkAsync(TestServer server, IEnumerable<(string Path, string Location)> links)
    {
        foreach (var (path, location) in links)
        {
            Assert.Equal(location, (await server.VisitAsync(path)).Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task The_verb_adds_a_key_that_verifies_at_once_and_signs_later()
    {
        Assert.Contains("There is no key ring", (await RunAsync("keyring", "rotate")).Error, StringComparison.Ordinal);
        var (server, _) = await TrackerProcess.ServeAsync(Folder);
        await server.DisposeAsync();
        await OutAsync("keyring", "rotate", "--signs-in", "3600");
        var listed = (await OutAsync("keyring", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, listed.Length);
        Assert.EndsWith("signs", listed[0], StringComparison.Ordinal);
        await OutAsync("keyring", "rotate", "--signs-in", "0");
        listed = (await OutAsync("keyring", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith("signs", Assert.Single(listed, l => l.Contains("signs", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("3", Assert.Single(listed, l => l.EndsWith("signs", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("keyring", "rotate", "--signs-in", "-1")).Code);
    }

    [Fact]
    public async Task A_flood_of_forgeries_from_an_address_holds_up_no_valid_click_from_it()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine);
        var path = new Uri((await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
        var forged = Enumerable.Range(0, 400).Select(_ => server.VisitAsync("/c/AQFforged")).ToList();
        var clicks = Environment.GetEnvironmentVariable("TRACKER_LONG") == "1" ? 10_000 : 1_000;
        for (var click = 0; click < clicks; click++)
        {
            using var answer = await server.VisitAsync(path);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        }
        Assert.All(await Task.WhenAll(forged), f => Assert.Equal(HttpStatusCode.NotFound, f.StatusCode));
    }
}
