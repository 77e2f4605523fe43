using System.Net;
using Tracker.Domain.Tokens;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Faults;
using Tracker.Tests.Support;

namespace Tracker.Tests.Backups;

/// <summary>D8, O5: a database full of hits is backed up, wiped and brought back; the link that is out leads on and every hit is there.</summary>
public sealed class LargeRestore : CommandTests
{
    string Data => Path.Combine(Folder, "data");

    [Fact]
    public async Task A_large_database_is_backed_up_under_load_and_comes_back_whole()
    {
        var hits = Rounds.Of(20_000, 1_000_000);
        Directory.CreateDirectory(Data);
        await OldDatabase.MakeAsync("", Data, OldDatabase.Newest, hits, Ct);
        using var campaign = new Campaign(Data);
        var ring = KeyRingFile.Open(Path.Combine(Data, "keyring.json"), TimeProvider.System.GetUtcNow());
        var click = "/c/" + TokenCodec.Sign(ring, TokenPurpose.Click, OldDatabase.Copy, 0, OldDatabase.Destination);
        campaign.Use($"http://t.example/o/{TokenCodec.Sign(ring, TokenPurpose.Open, OldDatabase.Copy)}.gif", "http://t.example" + click, OldDatabase.Destination);
        var file = Path.Combine(Folder, "b.zip");
        var (answered, during, backUp) = await BackUpUnderLoadAsync(campaign, file);
        var old = await SumAsync(hits);
        Directory.Delete(Data, recursive: true);

        var began = TimeProvider.System.GetTimestamp();
        await OutAsync("restore", file);
        var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (server)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
            await Until.TrueAsync(async () => (await http.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.OK, "it is ready", TimeSpan.FromMinutes(2));
            var took = TimeProvider.System.GetElapsedTime(began);
            Assert.Equal(old, await SumAsync(hits));
            await campaign.AreThereAsync(answered);
            using var answer = await http.GetAsync(click, Ct);
            Assert.Equal((HttpStatusCode.Found, OldDatabase.Destination), (answer.StatusCode, answer.Headers.Location!.OriginalString));
            Campaign.Say($"D8: backup of {hits} hits in {backUp.TotalSeconds:0.0} s beside {during / backUp.TotalSeconds:0} requests/s, all {answered.Count} answered before it in it; restored and ready in {took.TotalSeconds:0.0} s, from {new FileInfo(file).Length >> 20} MiB");
        }
    }

    /// <returns>What was answered before the command began; how many while it ran.</returns>
    async Task<(IReadOnlyCollection<string> Before, int During, TimeSpan Took)> BackUpUnderLoadAsync(Campaign campaign, string file)
    {
        var (server, address) = await TrackerProcess.ServeAsync(Folder, campaign.Settings);
        await using (server)
        {
            using var stop = new CancellationTokenSource();
            var load = campaign.LoadAsync(address, 8, stop.Token, perSecond: 500);
            await Until.TrueAsync(() => campaign.Answered > 300, "the load runs");
            var (before, began) = (campaign.AnsweredNow, TimeProvider.System.GetTimestamp());
            await OutAsync("backup", file, "--with-keys");
            var (took, during) = (TimeProvider.System.GetElapsedTime(began), campaign.Answered - before.Count);
            await stop.CancelAsync();
            await load;
            return (before, during, took);
        }
    }

    /// <summary>Of the hits that were there from the beginning.</summary>
    async Task<(long Count, long Sum)> SumAsync(int hits)
    {
        await using var database = new Database("", Data);
        return await database.ReadAsync(async s => (
            await s.ScalarAsync<long>("select count(*) from hits where id <= @last", new { last = OldDatabase.FirstHit + hits }),
            await s.ScalarAsync<long>("select cast(sum(source_hash) as bigint) from hits where id <= @last", new { last = OldDatabase.FirstHit + hits })), Ct);
    }
}
