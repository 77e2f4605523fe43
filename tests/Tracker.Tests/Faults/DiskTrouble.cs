using System.Net;
using Tracker.Tests.Journal;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D5 and D6: a full disk and damaged files. Links lead where they should all the same, what is wrong is told, and nothing more is lost than what is damaged.</summary>
[Collection(CountedAlone.Name)]
public sealed class DiskTrouble
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static async Task<(Campaign Campaign, string Path, string Location)> MailAsync(TestServer server, Engine engine)
    {
        var copy = (await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).At("copies", 0)!;
        var campaign = new Campaign(engine.DataFolder, engine.ConnectionString);
        campaign.Use(copy.Text("openUrl"), copy.Text("links", 0, "trackedUrl"), copy.Text("links", 0, "url"));
        return (campaign, new Uri(copy.Text("links", 0, "trackedUrl")).PathAndQuery, copy.Text("links", 0, "url"));
    }

    [Fact]
    public async Task A_full_disk_stops_no_redirect_is_counted_exactly_and_needs_no_restart()
    {
        await using var engine = await Engine.SqliteAsync();
        using var disk = SmallDisk.Over(Path.Combine(engine.DataFolder, "journal"));
        await using (var server = await TestServer.StartAsync(engine, null, ("Tracker:Journal:AnswerWithinMilliseconds", "10000"), ("Tracker:Journal:SegmentMegabytes", "1")))
        {
            var (campaign, _, _) = await MailAsync(server, engine);
            await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 100);
            disk.Fill();
            var until = campaign.Answered + Rounds.Of(500, 10_000);
            await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= until);
            await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness tells");
            Assert.Contains("Free some space", await (await server.Http.GetAsync("/health/ready", Ct)).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            disk.Free();
            await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK, "it is ready again");
            await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= until + 100);
            // Memory has room for all of them here, so those that were not recorded in time are there too.
            await campaign.AllThereAsync(server.Database);
            var (recorded, unrecorded) = await Metrics.AddUpAsync(server, campaign.Answered);
            Assert.True(unrecorded > 0);
            Campaign.Say($"D5: {campaign.Answered} answered = {recorded} recorded + {unrecorded} unrecorded while the disk was full; all stored afterwards");
        }
    }

    [Fact]
    public async Task Damaged_files_end_no_server_and_are_told()
    {
        await using var engine = await Engine.SqliteAsync();
        string path, location;
        await using (var server = await TestServer.StartAsync(engine, null, ("Tracker:Journal:AnswerWithinMilliseconds", "10000")))
        {
            (var campaign, path, location) = await MailAsync(server, engine);
            await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 200);
            await campaign.AllThereAsync(server.Database);
        }
        var rounds = Rounds.Of(9, 200);
        var (told, unharmed) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var folder = Directory.CreateTempSubdirectory("tracker-test-").FullName;
            foreach (var file in Directory.GetFiles(engine.DataFolder))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
            Damage(Path.Combine(folder, "tracker.db"), round);
            await using (var server = await TestServer.LaunchAsync(engine, null, ("Tracker:DataFolder", folder)))
            {
                using var click = await server.VisitAsync(path);
                Assert.Equal((HttpStatusCode.Found, location), (click.StatusCode, click.Headers.Location!.OriginalString));
                var problem = "";
                await Until.TrueAsync(async () =>
                {
                    using var ready = await server.Http.GetAsync("/health/ready", Ct);
                    problem = await ready.Content.ReadAsStringAsync(Ct);
                    return ready.StatusCode == HttpStatusCode.OK || problem.Contains("damaged", StringComparison.Ordinal) || problem.Contains("cannot be opened", StringComparison.Ordinal);
                }, $"round {round}: it is ready or says why not");
                Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live", Ct)).StatusCode);
                (told, unharmed) = problem.Contains("\"ready\":true", StringComparison.Ordinal) ? (told, unharmed + 1) : (told + 1, unharmed);
            }
            Directory.Delete(folder, recursive: true);
        }
        Assert.True(told > 0);
        Campaign.Say($"D6: {rounds} damaged databases: {told} told at readiness, {unharmed} with damage that harms nothing; every link led where it should");
    }

    /// <summary>Bits, pages of zeros, a file cut short.</summary>
    static void Damage(string file, int round)
    {
        var (bytes, random) = (File.ReadAllBytes(file), new Random(round));
        switch (round % 3)
        {
            case 0:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.AsSpan(random.Next(bytes.Length / 4096) * 4096, 4096).Clear();
                break;
            default:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
        }
        File.WriteAllBytes(file, bytes);
    }
}
