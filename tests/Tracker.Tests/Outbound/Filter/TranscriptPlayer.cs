using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>Plays both neighbours of the filter, as a transcript says, against the real listener.</summary>
sealed partial class TranscriptPlayer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    FilterRig _rig = null!;
    Line? _client, _hop;
    SqliteConnection? _lock;

    public static async Task PlayAsync(string[] lines)
    {
        await using var player = new TranscriptPlayer();
        player._listener.Start();
        var settings = lines.Where(l => l.StartsWith("! setting ", StringComparison.Ordinal)).Select(l => l["! setting ".Length..].Split('=')).Select(p => (p[0], p[1]));
        player._rig = await FilterRig.StartAsync(((IPEndPoint)player._listener.LocalEndpoint).Port, settings);
        for (var i = 0; i < lines.Length; i++)
        {
            await player.PlayAsync(lines[i], $"line {i + 1}");
        }
        await player.NothingMoreAsync();
    }

    async Task PlayAsync(string line, string where)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }
        switch (line[..Math.Min(4, line.Length)].TrimEnd())
        {
            case ['C', ':', ..]:
                await (await ClientAsync()).WriteAsync(Wire(line, 3));
                break;
            case ['S', ':', ..]:
                Same(line.Length > 3 ? line[3..] : "", await (await ClientAsync()).ReadAsync(), where);
                break;
            case "  >":
                Same(line.Length > 4 ? line[4..] : "", await (await HopAsync()).ReadAsync(), where);
                break;
            case "  <":
                await (await HopAsync()).WriteAsync(Wire(line, 4));
                break;
            default:
                await DoAsync(line);
                break;
        }
    }

    async Task DoAsync(string line)
    {
        switch (line)
        {
            case "! client hangs up":
                _client?.Dispose();
                _client = null;
                break;
            case "! filter hangs up":
                Assert.Null(await _client!.ReadAsync());
                break;
            case "! hop hangs up":
                _hop?.Dispose();
                _hop = null;
                break;
            case "! hop is not there":
                _listener.Stop();
                break;
            case "! filter leaves the hop":
                await NothingMoreAsync();
                break;
            case "! database is locked":
                _lock = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_rig.DataFolder, "tracker.db"), Pooling = false }.ConnectionString);
                await _lock.OpenAsync();
                await using (var command = _lock.CreateCommand())
                {
                    command.CommandText = "begin immediate";
                    await command.ExecuteNonQueryAsync();
                }
                break;
            case "! database is free":
                await _lock!.DisposeAsync();
                _lock = null;
                break;
            case var copies when copies.StartsWith("! copies stored: ", StringComparison.Ordinal):
                var stored = await _rig.Server.Database.ReadAsync(s => s.QueryAsync<string>(
                    "select recipient || ' of message ' || message_id || case when instrumented <> 0 then '' else ', ' || reason end from copies order by id"), TestContext.Current.CancellationToken);
                Assert.Equal(copies["! copies stored: ".Length..], stored.Count == 0 ? "none" : string.Join("; ", stored));
                break;
            default:
                Assert.StartsWith("! setting ", line, StringComparison.Ordinal);
                break;
        }
    }

    async Task<Line> ClientAsync() => _client ??= await Line.ToAsync(_rig.Address.Port);

    async Task<Line> HopAsync()
    {
        if (_hop is null)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            _hop = new(await _listener.AcceptTcpClientAsync(limit.Token));
        }
        return _hop;
    }

    /// <summary>What the next hop hears besides must be a goodbye.</summary>
    async Task NothingMoreAsync()
    {
        _client?.Dispose();
        _client = null;
        while (_hop is not null && await _hop.ReadAsync() is { } line)
        {
            Assert.Equal("QUIT", line);
        }
        _hop?.Dispose();
        _hop = null;
    }

    static void Same(string expected, string? actual, string where)
    {
        var pattern = $"^{Regex.Escape(Unescape(expected)).Replace("\\*", ".*", StringComparison.Ordinal)}$";
        Assert.True(actual is not null && Regex.IsMatch(actual, pattern, RegexOptions.Singleline), $"{where}: expected '{expected}', was '{actual ?? "(hung up)"}'");
    }

    /// <summary>A line ends with CR LF, unless a backslash at its end says that it does not.</summary>
    static string Wire(string line, int from)
    {
        var text = line.Length > from ? line[from..] : "";
        return text.EndsWith('\\') ? Unescape(text[..^1]) : Unescape(text) + "\r\n";
    }

    static string Unescape(string text) => Escape().Replace(text, m => m.Groups[1].Value switch
    {
        "r" => "\r",
        "n" => "\n",
        var hex => ((char)byte.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
    });

    [GeneratedRegex(@"\\(r|n|x[0-9A-F]{2})")]
    private static partial Regex Escape();

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _hop?.Dispose();
        if (_lock is not null)
        {
            await _lock.DisposeAsync();
        }
        _listener.Stop();
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
    }
}
