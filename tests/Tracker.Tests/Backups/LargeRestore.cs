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

    async Task<(long Count, long Sum)> HitsAsync()
    {
        await using var database = new Database("", Data);
        return await database.ReadAsync(async s => (await s.ScalarAsync<long>("select count(*) from hits"), await s.ScalarAsync<long>("select cast(sum(source_hash) as bigint) from hits")), Ct);
    }

    [Fact]
    public async Task A_large_database_comes_back_whole()
    {
        var hits = Rounds.Of(20_000, 1_000_000);
        Directory.CreateDirectory(Data);
        await OldDatabase.MakeAsync("", Data, OldDatabase.Newest, hits, Ct);
        var click = "/c/" + TokenCodec.Sign(KeyRingFile.Open(Path.Combine(Data, "keyring.json"), TimeProvider.System.GetUtcNow()), TokenPurpose.Click, OldDatabase.Copy, 0, OldDatabase.Destination);
        var file = Path.Combine(Folder, "b.zip");
        await OutAsync("backup", file, "--with-keys");
        var before = await HitsAsync();
        Directory.Delete(Data, recursive: true);

        var began = TimeProvider.System.GetTimestamp();
        await OutAsync("restore", file);
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        var took = TimeProvider.System.GetElapsedTime(began);
        await using (server)
        {
            Assert.Equal(before, await HitsAsync());
            Assert.Equal(hits, before.Count);
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
            using var answer = await http.GetAsync(click, Ct);
            Assert.Equal((HttpStatusCode.Found, OldDatabase.Destination), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        }
        Campaign.Say($"D8: {hits} hits restored and ready in {took.TotalSeconds:0.0} s, from {new FileInfo(file).Length >> 20} MiB");
    }
}
