using System.Text;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>What is stored of mail that goes through, the same on both engines.</summary>
public abstract class FilterContract : IAsyncLifetime
{
    readonly Hop _hop = new();
    FilterRig _rig = null!;
    ApiClient _rita = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<Engine> EngineAsync();

    public async ValueTask InitializeAsync()
    {
        _rig = await FilterRig.StartAsync(_hop.Port, engine: await EngineAsync());
        _rita = await _rig.Server.ClientAsync((await _rig.Server.RepAsync()).Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
        await _hop.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    Task SendAsync(string mail, string recipient, string sender = "rita@example.com") => Sender.SendAsync(_rig.Address.Port, [(mail, [recipient])], sender);

    /// <summary>Who got what: "instrumented", or why not.</summary>
    async Task<IEnumerable<string>> CopiesAsync(JsonNode message) =>
        (await _rita.GetAsync($"/messages/{message.Text("id")}")).At("copies")!.AsArray().Select(c => $"{c!.Text("recipient")}: {c!.At("reason")?.GetValue<string>() ?? "instrumented"}").Order(StringComparer.Ordinal);

    [Fact]
    public async Task Deliveries_at_the_same_time_and_twice_are_copies_of_one_message()
    {
        var mail = Sender.Mail(1);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => SendAsync($"Received: by mail.example.com id {i}\r\n" + mail, $"reader{i / 2}@customer.example")));
        var message = Assert.Single((await _rita.GetAsync("/messages")).At("items")!.AsArray())!;
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"reader{i}@customer.example: instrumented"), await CopiesAsync(message));
        var bodies = _hop.Mails.GroupBy(m => m.Recipient).Select(g => g.Select(m => m.Raw[m.Raw.IndexOf("From: ", StringComparison.Ordinal)..]).Distinct().Count());
        Assert.All(bodies, b => Assert.Equal(1, b));
        Assert.Equal(16, _hop.Mails.Count);
    }

    [Fact]
    public async Task Another_mail_is_another_message()
    {
        var mail = Sender.Mail(1);
        await SendAsync(mail, "paul@customer.example");
        await SendAsync(mail.Replace("Subject: Offer", "Subject: Our offer", StringComparison.Ordinal), "paul@customer.example");
        await SendAsync(Sender.Mail(1), "paul@customer.example");
        Assert.Equal(3, (await _rita.GetAsync("/messages")).At("items")!.AsArray().Count);
    }

    [Fact]
    public async Task A_wish_is_respected_and_does_not_hide_the_others_links()
    {
        await _rig.Server.Database.WriteAsync(s => s.ExecuteAsync("insert into refusals (email, refused_at_ms, source) values ('olga@other.example', 1, 'page')"), Ct);
        var mail = Sender.Mail(1);
        await SendAsync(mail, "olga@other.example");
        await SendAsync(mail, "paul@customer.example");
        await SendAsync(mail, "bob@example.com");
        var message = Assert.Single((await _rita.GetAsync("/messages")).At("items")!.AsArray())!;
        Assert.Equal(["olga@other.example: the recipient does not want to be tracked", "paul@customer.example: instrumented"], await CopiesAsync(message));
        var copies = (await _rita.GetAsync($"/messages/{message.Text("id")}")).At("copies")!.AsArray();
        Assert.Equal([false, true], copies.Select(c => c!.At("links", 0, "tracked")!.GetValue<bool>()));
        Assert.Equal([false, true, false], _hop.Mails.Select(m => m.Raw.Contains("/o/", StringComparison.Ordinal)));
        Assert.Equal(mail, Encoding.Latin1.GetString(_hop.Mails.First().Unmarked));
        Assert.Equal(mail, Encoding.Latin1.GetString(_hop.Mails.Last().Mail));
    }

    [Fact]
    public async Task Whose_mail_it_is_says_From_and_then_the_envelope()
    {
        var mail = Sender.Mail(1);
        await SendAsync(mail.Replace("rita@example.com", "sales@example.com", StringComparison.Ordinal), "a@customer.example", sender: "rita@example.com");
        await SendAsync(Sender.Mail(2), "b@customer.example", sender: "bounces+77@example.com");
        await SendAsync(Sender.Mail(3).Replace("rita@example.com", "stranger@example.com", StringComparison.Ordinal), "c@customer.example", sender: "stranger@example.com");
        Assert.Equal([true, true, false], _hop.Mails.Select(m => m.Raw.Contains("/o/", StringComparison.Ordinal)));
        Assert.Equal(2, (await _rita.GetAsync("/messages")).At("items")!.AsArray().Count);
    }

    [Fact]
    public async Task A_mail_that_comes_by_again_is_let_through_twice_and_then_stopped()
    {
        await SendAsync(Sender.Mail(1), "paul@customer.example");
        for (var pass = 1; pass <= 2; pass++)
        {
            await SendAsync(Encoding.Latin1.GetString(_hop.Mails.Last().Mail), "forwarded@other.example");
            Assert.Equal(pass + 1, _hop.Mails.Last().Raw.Split("X-Tracker-Pass: ").Length - 1);
        }
        var looping = Encoding.Latin1.GetString(_hop.Mails.Last().Mail);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync(looping, "forwarded@other.example"));
        Assert.Contains("554 5.4.6", refused.Message, StringComparison.Ordinal);
        // Taken to another mail, or made up, the lines count for nothing.
        await SendAsync(string.Concat(looping.Split('\n').Where(l => l.StartsWith("X-Tracker-Pass: ", StringComparison.Ordinal)).Select(l => l + "\n")) + Sender.Mail(2), "paul@customer.example");
        await SendAsync(string.Concat(Enumerable.Repeat("X-Tracker-Pass: 1.00000000000000000000000000000000\r\n", 9)) + Sender.Mail(3), "paul@customer.example");
        Assert.Equal(5, _hop.Mails.Count);
        Assert.Equal(3, (await _rita.GetAsync("/messages")).At("items")!.AsArray().Count);
    }
}

public sealed class FilterOnSqlite : FilterContract
{
    protected override Task<Engine> EngineAsync() => Engine.SqliteAsync();
}

public sealed class FilterOnPostgres : FilterContract
{
    protected override Task<Engine> EngineAsync() => Engine.PostgresAsync();
}
