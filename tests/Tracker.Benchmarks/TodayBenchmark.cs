using System.Diagnostics;
using System.Net.Http.Headers;
using Tracker.Access;
using Tracker.Domain.Scoring;
using Tracker.Storage;

namespace Tracker.Benchmarks;

/// <summary>The call list of a rep with 5,000 prospects, through HTTP, against the server's own database on SQLite.</summary>
static class TodayBenchmark
{
    // Fewer than so many requests of warming up measure the compiler: it was half of the processor time then.
    const int Prospects = 5_000, Requests = 200, WarmUp = 300;

    /// <summary>Milliseconds: a page that is opened with every call must not be waited for.</summary>
    const double Limit = 50;

    const long Day = 86_400_000;

    public static async Task<IReadOnlyList<Result>> RunAsync()
    {
        await using var server = await ServerProcess.TrackerAsync();
        var key = await FillAsync(server.DataFolder);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var text = "";
        var times = new List<double>();
        var cpu = TimeSpan.Zero;
        for (var i = -WarmUp; i < Requests; i++)
        {
            if (i == 0)
            {
                cpu = server.CpuTime;
            }
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(new Uri("/api/v1/today", UriKind.Relative));
            text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        times.Sort();
        var counts = text[text.IndexOf("\"counts\"", StringComparison.Ordinal)..(text.IndexOf('}', StringComparison.Ordinal) + 1)];
        return
        [
            new("today", 1000 / times[times.Count / 2], (times[^1] - times[0]) / times[times.Count / 2], P50: times[times.Count / 2], P99: times[(int)(0.99 * (times.Count - 1))], P99Limit: Limit,
                Note: $"{Prospects:N0} prospects, {counts}; {text.Length / 1024} KB; server CPU {(server.CpuTime - cpu).TotalMilliseconds / Requests:0.0} ms a request"),
        ];
    }

    /// <summary>Half of them are due, one in fifty was missed, a few read now; each has a deal, a plan and six touches behind them.</summary>
    static async Task<string> FillAsync(string dataFolder)
    {
        await using var database = new Database("", dataFolder);
        var now = TimeProvider.System.GetUtcNow();
        var ms = now.ToUnixTimeMilliseconds();
        var heat = new HeatScale(TimeSpan.FromHours(72));
        return await database.WriteAsync(async s =>
        {
            var rep = (await Reps.AddAsync(s, "rita@example.com", "Rita", Role.Rep, now)).Rep.Id;
            await s.ExecuteAsync("insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms) values (@rep, 'mail', 'Our offer', 'f', '{}', @ms)", new { rep, ms });
            var ids = Enumerable.Range(1, Prospects).Select(i => (long)i).ToList();
            await s.InsertAsync("insert into prospects (id, email, rep_id, name, phone, company, time_zone, created_at_ms, updated_at_ms, heat_key, last_engaged_at_ms, sittings) values",
                [.. ids.Select(i => new object?[] { i, $"p{i}@c{i % 900}.example", rep, $"Person {i}", "+49 30 1234", $"Company {i % 900}", "Europe/Berlin", ms, ms, heat.KeyOf(i % 40, now), ms - i * 1000, i % 5 })]);
            await s.InsertAsync("insert into prospect_reps (prospect_id, rep_id, heat_key) values", [.. ids.Select(i => new object?[] { i, rep, heat.KeyOf(i % 40, now) })]);
            await s.InsertAsync("insert into deals (id, prospect_id, rep_id, value_cents, stage, stage_since_ms, created_at_ms) values", [.. ids.Select(i => new object?[] { i, i, rep, i % 90 * 10_000, i % 3 == 0 ? "proposalSent" : "lead", ms - 30 * Day, ms - 60 * Day })]);
            await s.InsertAsync("insert into follow_ups (prospect_id, state, since_ms, answered_at_ms, last_touch_at_ms) values", [.. ids.Select(i => new object?[] { i, "live", ms, i % 3 == 0 ? ms - Day : null, ms - i % 9 * Day })]);
            await s.InsertAsync("insert into plans (id, prospect_id, rep_id, deal_id, template, state, cycle_days, started_at_ms) values", [.. ids.Select(i => new object?[] { i, i, rep, i, "lead", "running", 60.0, ms - 30 * Day })]);
            await s.InsertAsync("insert into obligations (prospect_id, rep_id, kind, reason, source, deal_id, due_at_ms, first_due_at_ms, created_at_ms) values",
                [.. ids.SelectMany(i => new[] { "stage", "plan" }.Select(source => new object?[] { i, rep, "call", "an article about what interests them", source, i, ms + (i % 20 - 10) * Day, ms, ms - Day }))]);
            await s.InsertAsync("insert into touches (prospect_id, rep_id, deal_id, number, kind, outcome, answered, hour, reason, at_ms) values",
                [.. ids.SelectMany(i => Enumerable.Range(1, 6).Select(n => new object?[] { i, rep, i, n, n % 2 == 0 ? "email" : "call", n % 2 == 0 ? "sent" : "noAnswer", n == 3 ? 1 : 0, 9 + n, $"reason {n}", ms - n * 5 * Day }))]);
            await s.InsertAsync("insert into prompts (prospect_id, rep_id, message_id, hit_id, state, advice, reasons, raised_at_ms, refreshed_at_ms, expires_at_ms) values",
                [.. ids.Where(i => i % 50 == 0).Select(i => new object?[] { i, rep, 1L, i, i % 500 == 0 ? "open" : "expired", "", "[\"first look\"]", ms, ms, ms + 3_600_000 })]);
            return await ApiKeys.CreateAsync(s, "benchmark", [Scopes.Read], rep, now);
        }, CancellationToken.None);
    }
}
