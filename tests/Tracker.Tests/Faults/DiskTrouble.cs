using System.Net;
using Tracker.Tests.Journal;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D5: a full disk. Links lead where they should all the same, what is wrong is told, and every answer is counted.</summary>
[Collection(CountedAlone.Name)]
public sealed class DiskTrouble
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_stops_no_redirect_is_counted_exactly_and_needs_no_restart()
    {
        await using var engine = await Engine.SqliteAsync();
        using var disk = SmallDisk.Over(Path.Combine(engine.DataFolder, "journal"));
        await using (var server = await TestServer.StartAsync(engine, null, ("Tracker:Journal:AnswerWithinMilliseconds", "10000"), ("Tracker:Journal:SegmentMegabytes", "1")))
        {
            var campaign = await Campaign.WithMailAsync(server, engine);
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
    public async Task A_folder_that_may_not_be_written_any_more_stops_no_redirect_either()
    {
        await using var engine = await Engine.SqliteAsync();
        var journal = Path.Combine(engine.DataFolder, "journal");
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Journal:AnswerWithinMilliseconds", "10000"));
        var campaign = await Campaign.WithMailAsync(server, engine);
        await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 50);
        try
        {
            await Immutable.SetAsync(true, [journal, .. Directory.GetFiles(journal)]);
            await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 200);
            await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness tells");
        }
        finally
        {
            await Immutable.SetAsync(false, [journal, .. Directory.GetFiles(journal)]);
        }
        await Until.TrueAsync(async () => (await server.Http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK, "it is ready again");
        await campaign.LoadAsync(server.Address, 8, Ct, enough: () => campaign.Answered >= 250);
        await campaign.AllThereAsync(server.Database);
        var (_, unrecorded) = await Metrics.AddUpAsync(server, campaign.Answered);
        Assert.True(unrecorded > 0);
    }
}
