using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Journal;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>Answered means that we gave the answer: whoever sent a whole request and then hung up has looked, and is recorded and counted once like everybody.</summary>
[Collection(CountedAlone.Name)]
public sealed class HangUps
{
    const int Askers = 50;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_hangs_up_without_reading_the_answer_counts_once_and_half_a_request_does_not()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Journal:AnswerWithinMilliseconds", "10000"));
        var path = new Uri((await (await server.RepClientAsync()).MailAsync(Mails.Proposal())).Text("copies", 0, "links", 0, "trackedUrl")).PathAndQuery;
        var whole = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: t\r\nUser-Agent: asker\r\n\r\n");
        for (var i = 0; i < Askers; i++)
        {
            await SendAndHangUpAsync(server.Address, whole);
            await SendAndHangUpAsync(server.Address, whole.AsMemory(..(whole.Length - 2)));
        }
        var journal = server.Services.GetRequiredService<HitJournal>();
        await Until.TrueAsync(() => journal.Status is { Recorded: var yes, Unrecorded: var no } && yes + no >= Askers, "every whole request is in the journal");
        Assert.Equal((Askers, 0), await Metrics.AddUpAsync(server, Askers));
        await Until.TrueAsync(async () => await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct) >= Askers, "all are stored");
        Assert.Equal(Askers, await server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from hits"), Ct));
    }

    static async Task SendAndHangUpAsync(Uri address, ReadOnlyMemory<byte> bytes)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Ct);
        await socket.SendAsync(bytes, Ct);
        socket.Shutdown(SocketShutdown.Send);
    }
}
