using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tracker.Domain.Tokens;
using Tracker.Outbound;
using Tracker.Outbound.Instrumenting;
using Tracker.Tests.Signals;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>The filter behind a real Postfix that is set up as the documentation says. Ids are those of the requirements.</summary>
public sealed partial class PostfixTests : IAsyncLifetime
{
    readonly Hop _world = new();
    Postfix _postfix = null!;
    FilterRig _rig = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postfix = await RealPostfix.StartAsync(_world.Port);
        _rig = await FilterRig.StartAsync(_postfix.Reinjection, [("Tracker:Filter:Listen", $"127.0.0.1:{_postfix.Filter}")]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
        if (_postfix is not null)
        {
            await _postfix.DisposeAsync();
        }
        await _world.DisposeAsync();
    }

    sealed record Stored(string Token, string Recipient, long MessageId);

    Task<IReadOnlyList<Stored>> StoredAsync() => _rig.Server.Database.ReadAsync(s => s.QueryAsync<Stored>("select token, recipient, message_id from copies order by id"), Ct);

    /// <summary>A mail behind the lines that servers put in front of it on the way.</summary>
    static byte[] WithoutTrace(HopMail mail) => Encoding.Latin1.GetBytes(Trace().Replace(Encoding.Latin1.GetString(mail.Mail), ""));

    [GeneratedRegex(@"\A(?:(?:Received|X-Tracker-Pass): [^\n]*\n(?:[ \t][^\n]*\n)*)+")]
    private static partial Regex Trace();

    [Fact]
    public async Task S5_every_mail_arrives_as_without_us_but_for_the_instrumenting()
    {
        var mails = Corpus.All().Where(m => OutboundMail.Read(m.Mail, out _) is not null).Select((m, i) => (m.Name, Mail: Sender.Wire(m.Mail), Recipient: $"reader{i}@customer.example")).ToList();
        foreach (var port in new[] { _postfix.Unfiltered, _postfix.Front })
        {
            await Sender.SendAsync(port, mails.Select(m => (m.Mail, (IReadOnlyList<string>)[m.Recipient])), parameters: " BODY=8BITMIME");
        }
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(30));
        var arrived = _world.Mails.ToLookup(m => m.Recipient);
        var stored = (await StoredAsync()).ToDictionary(c => c.Recipient, c => new CopyId(UInt128.Parse(c.Token, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        var ring = _rig.Server.Services.GetRequiredService<KeyRing>();
        var options = new InstrumentOptions { PublicUrl = _rig.Server.Services.GetRequiredService<PublicAddress>().Url };
        var tracked = 0;
        foreach (var (name, _, recipient) in mails)
        {
            // Sent first, but deliveries may overtake each other: the one without us has no tracking in it.
            var both = arrived.Where(a => a.Key.StartsWith($"RCPT TO:<{recipient}>", StringComparison.Ordinal)).SelectMany(a => a).ToList();
            Assert.True(both.Count == 2, $"{name}: {both.Count} arrived");
            var (without, with) = both[0].Raw.Contains("X-Tracker-Pass:", StringComparison.Ordinal) ? (both[1], both[0]) : (both[0], both[1]);
            Assert.DoesNotContain("X-Tracker-Pass:", without.Raw, StringComparison.Ordinal);
            var expected = OutboundMail.Read(WithoutTrace(without), out _, recipient)!.CopyFor(stored[recipient], ring, options);
            // A mail on the wire ends with a line end, also when the pixel is its last word.
            Same(name, expected.Bytes.Span.EndsWith("\r\n"u8) ? expected.Bytes.Span : [.. expected.Bytes.Span, .. "\r\n"u8], WithoutTrace(with));
            Assert.Equal(without.Sender.Split(' ')[1], with.Sender.Split(' ')[1]);
            tracked += expected.Instrumented ? 1 : 0;
        }
        Assert.True(tracked > 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{mails.Count} mails arrived as they should, {tracked} of them tracked.");
    }

    static void Same(string name, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        var at = expected.CommonPrefixLength(actual);
        Assert.True(at == expected.Length && at == actual.Length, $"{name} arrived otherwise from {at} on:\n{Around(expected, at)}\n{Around(actual, at)}");

        static string Around(ReadOnlySpan<byte> mail, int at) => Encoding.Latin1.GetString(mail[Math.Max(0, at - 100)..Math.Min(mail.Length, at + 100)]);
    }

    [Fact]
    public async Task S3_each_recipient_has_tokens_of_their_own_and_the_same_header()
    {
        var (mails, recipients) = (Long.Run ? 1000 : 10, Enumerable.Range(0, 10).Select(i => $"reader{i}@customer.example").ToList());
        await Sender.SendAsync(_postfix.Front, Enumerable.Range(0, mails).Select(i => (Sender.Mail(i), (IReadOnlyList<string>)recipients)));
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(mails * 10, _world.Mails.Count);
        var tokens = new HashSet<string>();
        foreach (var message in _world.Mails.GroupBy(m => MessageId().Match(m.Raw).Value))
        {
            Assert.Equal(recipients.Order(), message.Select(m => m.Recipient["RCPT TO:<".Length..].Split('>')[0]).Order());
            // Postfix's own Received lines carry a queue id and a time.
            Assert.Single(message.Select(m => Received().Replace(m.Raw[..m.Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)], "")).Distinct());
            Assert.All(message, m => Assert.True(tokens.Add(Pixel().Match(m.Raw).Value)));
            Assert.All(message, m => Assert.Equal("MAIL FROM:<rita@example.com>", m.Sender.Split(" SIZE")[0]));
        }
        var stored = await StoredAsync();
        Assert.Equal((mails * 10, mails), (stored.Count, stored.Select(c => c.MessageId).Distinct().Count()));
        Assert.DoesNotContain("", tokens);
    }

    [Fact]
    public async Task The_envelope_arrives_as_without_us()
    {
        var envelopes = new[]
        {
            (" RET=HDRS ENVID=QQ314159", " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;Paul+40customer.example", "paul@customer.example"),
            (" BODY=8BITMIME RET=FULL", " NOTIFY=NEVER", "\"o'paul \\\" smith\"@customer.example"),
            (" BODY=8BITMIME SMTPUTF8", "", "j\xC3\xBCrgen@k\xC3\xB6ln.example"),
        };
        foreach (var (parameters, recipientParameters, recipient) in envelopes)
        {
            _world.Mails.Clear();
            foreach (var port in new[] { _postfix.Unfiltered, _postfix.Front })
            {
                await Sender.SendAsync(port, [(Sender.Mail(1), [recipient])], parameters: parameters, recipientParameters: recipientParameters);
                await _postfix.EmptyAsync(TimeSpan.FromMinutes(2));
            }
            var (without, with) = (_world.Mails.First(), _world.Mails.Last());
            Assert.Matches(Pixel(), with.Raw);
            Assert.Equal((Size().Replace(without.Sender, ""), without.Recipient), (Size().Replace(with.Sender, ""), with.Recipient));
            Assert.All(parameters.Split(' ').Where(p => p is not ("" or "BODY=8BITMIME")), p => Assert.Contains(p, with.Sender, StringComparison.Ordinal));
        }
    }

    // The mail has grown by what was put in, and by one more Received line.
    [GeneratedRegex(@" SIZE=\d+")]
    private static partial Regex Size();

    [Fact]
    public async Task Smtp_source_gets_every_mail_through()
    {
        await Postfix.RunAsync("smtp-source", "-s", "8", "-m", "100", "-r", "2", "-l", "30000", "-f", "rita@example.com", "-t", "paul@customer.example", $"127.0.0.1:{_postfix.Front}");
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(200, _world.Mails.Count);
        Assert.Equal(200, _world.Mails.Select(m => (m.Recipient, MessageId().Match(m.Raw).Value)).Distinct().Count());
        var stored = await StoredAsync();
        Assert.Equal((200, 100), (stored.Count, stored.Select(c => c.MessageId).Distinct().Count()));
    }

    [GeneratedRegex("^Message-ID: .*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"^Received: [^\n]*\n(?:[ \t][^\n]*(?:\n|\z))*", RegexOptions.Multiline)]
    private static partial Regex Received();

    [GeneratedRegex(@"/o/[\w-]+\.gif")]
    private static partial Regex Pixel();

    [Fact]
    public async Task S2_while_the_database_is_away_mail_waits_and_then_goes()
    {
        await Sender.SendAsync(_postfix.Front, [(Sender.Mail(0), ["first@customer.example"])]);
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(2));
        await using (var holder = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_rig.DataFolder, "tracker.db")};Pooling=False"))
        {
            await holder.OpenAsync(Ct);
            await using var command = holder.CreateCommand();
            command.CommandText = "begin immediate";
            await command.ExecuteNonQueryAsync(Ct);
            await Sender.SendAsync(_postfix.Front, Enumerable.Range(1, 3).Select(i => (Sender.Mail(i), (IReadOnlyList<string>)[$"p{i}@customer.example"])));
            await Until.TrueAsync(async () => await _postfix.WaitingAsync() == 3, "three mails wait");
            Assert.Single(_world.Mails);
        }
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(4, _world.Mails.Count);
        Assert.All(_world.Mails, m => Assert.Matches(Pixel(), m.Raw));
        Assert.Equal(0, _postfix.Count("status=bounced"));
    }

    [Fact]
    public async Task Swaks_sends_as_the_documentation_says_and_a_person_reads()
    {
        var rita = await _rig.Server.ClientAsync((await _rig.Server.RepAsync()).Id);
        await using var feed = await FeedClient.OpenAsync(rita);
        await Postfix.RunAsync("swaks", "--server", $"127.0.0.1:{_postfix.Front}", "--from", "rita@example.com", "--to", "paul@customer.example", "--header", "Subject: Filter test",
            "--add-header", "Content-Type: text/html", "--body", "<p><a href=\"https://example.com/\">Link</a></p>");
        await _postfix.EmptyAsync(TimeSpan.FromMinutes(2));
        var mail = Assert.Single(_world.Mails).Raw;
        Assert.Contains("X-Tracker-Pass: ", mail, StringComparison.Ordinal);
        // Scanners look in the first minutes.
        _rig.Server.Time.Advance(TimeSpan.FromHours(1));
        await _rig.Server.VisitAsync(Pixel().Match(mail).Value);
        var raised = await feed.NextAsync("prompt.raised");
        Assert.Equal("paul@customer.example", raised.Data.Text("email"));
        var message = (await rita.GetAsync("/messages")).At("items", 0)!;
        Assert.Equal("Filter test", message.Text("subject"));
        Assert.NotNull(message.At("sentAt"));
    }
}
