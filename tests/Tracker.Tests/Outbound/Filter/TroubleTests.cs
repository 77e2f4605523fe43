using Tracker.Outbound.Filter;
using Tracker.Outbound.Smtp;
using Tracker.Settings;
using Tracker.Tests.Commands;
using Tracker.Tests.Journal;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>What is wrong on our side costs time, never a mail.</summary>
public sealed class TroubleTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_full_disk_mail_waits()
    {
        await using var engine = await Engine.SqliteAsync();
        using var disk = SmallDisk.Over(engine.DataFolder, "40m");
        await using var hop = new Hop();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Filter:Listen", "127.0.0.1:0"), ("Tracker:Filter:NextHop", $"127.0.0.1:{hop.Port}"));
        await server.RepAsync();
        var port = ((FilterServer)server.Services.GetService(typeof(FilterServer))!).Address!.Port;
        disk.Fill();
        var later = 0;
        for (var i = 0; i < 50; i++)
        {
            // Pages that are there already may take a mail or two; a mail that was taken was stored.
            try
            {
                await Sender.SendAsync(port, [(Sender.Mail(i), ["paul@customer.example"])]);
            }
            catch (Xunit.Sdk.TrueException e) when (e.Message.Contains("was 451 4.3.0", StringComparison.Ordinal))
            {
                later++;
            }
        }
        Assert.True(later > 0, "the disk was never full");
        Assert.Equal(50 - later, hop.Mails.Count);
        disk.Free();
        await Sender.SendAsync(port, [(Sender.Mail(99), ["paul@customer.example"])]);
        Assert.Equal(51 - later, hop.Mails.Count);
        Assert.Equal(hop.Mails.Count, await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from copies"), Ct));
    }

    [Fact]
    public async Task Too_many_connections_are_told_to_come_later()
    {
        await using var hop = new Hop();
        await using var rig = await FilterRig.StartAsync(hop.Port, [("Tracker:Filter:Connections", "2")]);
        using var first = await Line.ToAsync(rig.Address.Port);
        using var second = await Line.ToAsync(rig.Address.Port);
        Assert.StartsWith("220", await first.AnswerAsync(), StringComparison.Ordinal);
        Assert.StartsWith("220", await second.AnswerAsync(), StringComparison.Ordinal);
        using (var third = await Line.ToAsync(rig.Address.Port))
        {
            Assert.StartsWith("421 4.3.2", await third.AnswerAsync(), StringComparison.Ordinal);
            Assert.Null(await third.ReadAsync());
        }
        Assert.StartsWith("221", await first.AskAsync("QUIT"), StringComparison.Ordinal);
        await Until.TrueAsync(async () =>
        {
            using var next = await Line.ToAsync(rig.Address.Port);
            return (await next.AnswerAsync()).StartsWith("220", StringComparison.Ordinal);
        }, "there is room again");
    }

    [Fact]
    public async Task A_stop_ends_idle_connections_at_once()
    {
        await using var hop = new Hop();
        var rig = await FilterRig.StartAsync(hop.Port);
        using var idle = await Line.ToAsync(rig.Address.Port);
        Assert.StartsWith("220", await idle.AnswerAsync(), StringComparison.Ordinal);
        await rig.DisposeAsync();
        Assert.StartsWith("421 4.3.2", await idle.AnswerAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Tracker:Filter:Listen=0.0.0.0:10025", "loopback")]
    [InlineData("--Tracker:Filter:Listen=127.0.0.1", "loopback")]
    [InlineData("--Tracker:Filter:Listen=mail:10025", "loopback")]
    [InlineData("--Tracker:Filter:NextHop=10026", "a host and a port")]
    [InlineData("--Tracker:Filter:NextHop=localhost:0", "a host and a port")]
    [InlineData("--Tracker:Filter:FailOpen=maybe", "no, yes")]
    public void A_wrong_setting_says_what_would_be_right(string argument, string right)
    {
        var problem = Assert.Throws<SettingsException>(() => new CommandContextFor(argument).Read());
        Assert.Contains(right, problem.Message, StringComparison.Ordinal);
        Assert.Contains(argument[2..].Split('=')[0], problem.Message, StringComparison.Ordinal);
    }

    sealed class CommandContextFor(string argument)
    {
        public TrackerSettings Read() => TrackerSettings.Read(new Tracker.Commands.CommandContext([argument]).Configuration);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_a_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("tracker-test-").FullName;
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var ended = await TrackerProcess.RunAsync(folder, null, "serve", "--urls=http://127.0.0.1:0", $"--Tracker:Filter:Listen={taken.LocalEndpoint}");
        Assert.Equal(1, ended.Code);
        Assert.Contains($"The mail filter cannot listen on {taken.LocalEndpoint}", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Room_is_given_in_the_order_of_asking_and_comes_back()
    {
        var budget = new MemoryBudget(100);
        Task<IDisposable> TakeAsync(long bytes, int milliseconds = 60_000) => budget.TakeAsync(bytes, TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, Ct);
        var first = await TakeAsync(80);
        var large = TakeAsync(90);
        var small = TakeAsync(10);
        Assert.False(large.IsCompleted || small.IsCompleted);
        await Assert.ThrowsAsync<TimeoutException>(() => TakeAsync(5, milliseconds: 1));
        first.Dispose();
        first.Dispose();
        (await large).Dispose();
        (await small).Dispose();
        // More than there is takes all there is.
        (await TakeAsync(1000)).Dispose();
        Assert.Equal(100, budget.Free);
    }
}
