using System.Data.Common;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Switches;

/// <summary>
/// Makes every server on the same database act alike: what stands in this server's file goes into the database, and what the database has newer comes
/// into the file. Of two decisions about the same thing the later holds. Without the database each server goes on with its file.
/// </summary>
public sealed partial class SwitchExchange(Database database, LinkSwitches switches, TimeProvider time, ILogger<SwitchExchange> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>How long it is remembered that a decision was taken back: a server that is away for longer has to be told by hand.</summary>
    static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    sealed record Row
    {
        public string Name { get; init; } = "";
        public long AtMs { get; init; }
        public long Resumed { get; init; }
    }

    bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || !database.IsReady)
            {
                continue;
            }
            try
            {
                await RunAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException or InvalidDataException or OperationCanceledException)
            {
                if (!_failing && !stoppingToken.IsCancellationRequested)
                {
                    _failing = true;
                    LogLater(e.Message);
                }
            }
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var rules = switches.Rules;
        if (switches.Problem is not null)
        {
            return; // Told by readiness; nothing may be concluded from a file that cannot be read.
        }
        var own = rules.ToDictionary(r => r.Name);
        var rows = (await database.ReadAsync(s => s.QueryAsync<Row>("select name, at_ms, resumed from link_rules"), ct)).ToDictionary(r => r.Name);
        var forget = (time.GetUtcNow() - Remembered).Ms();
        var newer = rules.Where(r => !rows.TryGetValue(r.Name, out var row) || row.AtMs < r.At.Ms()).ToList();
        if (newer.Count > 0 || rows.Values.Any(r => r.Resumed != 0 && r.AtMs < forget))
        {
            await database.WriteAsync(s => GiveAsync(s, newer, forget), ct);
        }
        foreach (var name in rows.Where(r => !own.TryGetValue(r.Key, out var rule) || rule.At.Ms() < r.Value.AtMs).Select(r => r.Key).ToList())
        {
            if (await database.ReadAsync(s => s.ScalarAsync<string>("select content from link_rules where name = @name", new { name }), ct) is { } content)
            {
                await switches.File.PutAsync(SwitchFile.Parse(content), ct);
            }
        }
        if (rules.Any(r => r.Resumed && r.At.Ms() < forget))
        {
            await switches.File.ChangeAsync(all => [.. all.Where(r => !r.Resumed || r.At.Ms() >= forget)], ct);
        }
    }

    static async Task GiveAsync(Session session, IEnumerable<SwitchRule> rules, long forget)
    {
        foreach (var rule in rules.Where(r => !r.Resumed || r.At.Ms() >= forget))
        {
            await session.ExecuteAsync("""
                insert into link_rules (name, at_ms, resumed, content) values (@name, @at, @resumed, @content)
                on conflict (name) do update set at_ms = excluded.at_ms, resumed = excluded.resumed, content = excluded.content where link_rules.at_ms < excluded.at_ms
                """, new { name = rule.Name, at = rule.At.Ms(), resumed = rule.Resumed ? 1L : 0L, content = SwitchFile.Text(rule) });
        }
        await session.ExecuteAsync("delete from link_rules where resumed = 1 and at_ms < @forget", new { forget });
    }

    [LoggerMessage(EventId = 3403, Level = LogLevel.Warning, Message = "Decisions about links cannot be exchanged with the database now ({Problem}); this server goes on with its file.")]
    partial void LogLater(string problem);
}
