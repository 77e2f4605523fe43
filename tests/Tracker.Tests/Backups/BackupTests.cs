using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Tracker.Storage;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Backups;

/// <summary>D8 and O5: a backup taken under load holds everything acknowledged before it began, and a restore brings all of it back, links included.</summary>
public sealed class BackupTests : CommandTests
{
    string Data => Path.Combine(Folder, "data");

    string At(string name) => Path.Combine(Folder, name);

    async Task<string> KeyAsync()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        return (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--scope", "read", "--rep", "rita@example.com")).Trim();
    }

    static async Task<(long Hits, long Distinct)> StoredAsync(string folder)
    {
        await using var database = new Database("", folder);
        return await database.ReadAsync(async s => (await s.ScalarAsync<long>("select count(*) from hits"), await s.ScalarAsync<long>("select count(distinct id) from hits")), Ct);
    }

    [Fact]
    public async Task A_backup_under_load_holds_what_was_acknowledged_before_and_a_restore_brings_it_back()
    {
        var key = await KeyAsync();
        var (server, address) = await TrackerProcess.ServeAsync(Folder);
        int before;
        string path;
        await using (server)
        {
            path = new Uri((await new ApiClient(address, key).MailAsync(Mails.Proposal())).Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
            var acknowledged = new ConcurrentBag<int>();
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 8).Select(_ => Task.Run(() => ClickAsync(new(address, path), acknowledged, stop.Token), Ct)).ToList();
            await Until.TrueAsync(() => acknowledged.Count > 300, "the load runs");
            before = acknowledged.Count;
            Assert.Contains("found whole", await OutAsync("backup", At("b.zip"), "--with-keys"), StringComparison.Ordinal);
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }
        Assert.Contains("is whole", await OutAsync("verify", At("b.zip")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("b.zip")));
        }
        Assert.Equal([At("b.zip"), Data], Directory.GetFileSystemEntries(Folder).Order());

        // An empty host.
        Directory.Delete(Data, recursive: true);
        await OutAsync("restore", At("b.zip"));
        var (again, there) = await TrackerProcess.ServeAsync(Folder);
        await using (again)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = there };
            Assert.Equal(HttpStatusCode.Found, (await http.GetAsync(path, Ct)).StatusCode);
            await Until.TrueAsync(async () => (await StoredAsync(Data)).Hits >= before + 1, $"{before} hits are back");
        }
        var (hits, distinct) = await StoredAsync(Data);
        Assert.Equal(hits, distinct);
    }

    static async Task ClickAsync(Uri url, ConcurrentBag<int> acknowledged, CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        while (!stop.IsCancellationRequested)
        {
            using var answer = await http.GetAsync(url, Ct);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            acknowledged.Add(1);
        }
    }

    [Fact]
    public async Task A_restore_is_refused_while_a_server_runs_over_data_and_without_the_keys()
    {
        await KeyAsync();
        var (server, _) = await TrackerProcess.ServeAsync(Folder);
        await using (server)
        {
            await OutAsync("backup", At("b.zip"));
            var running = await RunAsync("restore", At("b.zip"), "--replace");
            Assert.Equal(1, running.Code);
            Assert.Contains("Another tracker is serving", running.Error, StringComparison.Ordinal);
        }
        var over = await RunAsync("restore", At("b.zip"));
        Assert.Equal(1, over.Code);
        Assert.Contains("--replace", over.Error, StringComparison.Ordinal);
        Assert.Contains("What was there lies in", await OutAsync("restore", At("b.zip"), "--replace"), StringComparison.Ordinal);
        Directory.Delete(Data, recursive: true);
        var keyless = await RunAsync("restore", At("b.zip"));
        Assert.Equal(1, keyless.Code);
        Assert.Contains("holds no keys", keyless.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Data, "tracker.db")));
        Assert.Contains("rita@example.com", await OutAsync("restore", At("b.zip"), "--without-keys") + await OutAsync("reps", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_backup_is_told_wherever_the_damage_is()
    {
        await KeyAsync();
        await OutAsync("backup", At("b.zip"));
        var bytes = await File.ReadAllBytesAsync(At("b.zip"), Ct);
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])bytes.Clone();
            if (round % 3 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }
            await File.WriteAllBytesAsync(At("d.zip"), damaged, Ct);
            // A flipped bit may also fall where it changes nothing, such as a time in the archive's directory: then what comes out is what went in.
            if (Record.Exception(() => Tracker.Backups.Backup.Verify(At("d.zip"))) is { } told)
            {
                Assert.IsType<InvalidDataException>(told);
            }
            else
            {
                Assert.Equal(Contents(bytes), Contents(damaged));
            }
        }
        await File.WriteAllBytesAsync(At("d.zip"), bytes[..(bytes.Length / 2)], Ct);
        var ended = await RunAsync("verify", At("d.zip"));
        Assert.Equal(1, ended.Code);
        Assert.Contains("cut off", ended.Error, StringComparison.Ordinal);
    }

    static string Contents(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return string.Join('\n', archive.Entries.Where(e => e.Name != "manifest.json").Select(e =>
        {
            using var content = e.Open();
            return e.FullName + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content));
        }));
    }

    [Fact]
    public async Task A_restore_that_was_cut_off_lets_no_server_start_before_it_is_repeated()
    {
        await KeyAsync();
        await OutAsync("backup", At("b.zip"));
        await File.WriteAllTextAsync(Path.Combine(Data, "restore.unfinished"), $"tracker restore {At("b.zip")} --replace\n", Ct);
        var ended = await RunAsync("serve", "--urls=http://127.0.0.1:0");
        Assert.Equal(1, ended.Code);
        Assert.Contains($"Repeat it: tracker restore {At("b.zip")} --replace", ended.Error, StringComparison.Ordinal);
        Assert.Contains("did not come to its end", (await RunAsync("doctor")).Out, StringComparison.Ordinal);
        await OutAsync("restore", At("b.zip"), "--replace");
        var (server, _) = await TrackerProcess.ServeAsync(Folder);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task PostgreSQL_is_backed_up_and_restored_with_its_own_tools()
    {
        await using var engine = await Engine.PostgresAsync();
        string[] settings = [$"--ConnectionStrings:Tracker={engine.ConnectionString}"];
        await OutAsync(["reps", "add", "rita@example.com", "--name", "Rita", .. settings]);
        var key = (await OutAsync(["keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com", .. settings])).Trim();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, settings);
        await using (server)
        {
            await new ApiClient(address, key).MailAsync(Mails.Proposal());
            await OutAsync(["backup", At("b.zip"), "--with-keys", .. settings]);
        }
        Assert.Contains("is whole", await OutAsync("verify", At("b.zip")), StringComparison.Ordinal);
        await using var empty = await Engine.PostgresAsync();
        Assert.Contains("--replace", (await RunAsync(["restore", At("b.zip"), .. settings])).Error, StringComparison.Ordinal);
        string[] elsewhere = [$"--ConnectionStrings:Tracker={empty.ConnectionString}", $"--Tracker:DataFolder={At("other")}"];
        await OutAsync(["restore", At("b.zip"), .. elsewhere]);
        Assert.Contains("rita@example.com", await OutAsync(["reps", "list", .. elsewhere]), StringComparison.Ordinal);
        await OutAsync(["restore", At("b.zip"), "--replace", .. settings]);
        Assert.Contains("rita@example.com", await OutAsync(["reps", "list", .. settings]), StringComparison.Ordinal);
    }
}
