using System.Net;
using System.Text.Json;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Prompts;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Traces;

/// <summary>The final word on one request.</summary>
public sealed record PlayedRequest(string Verdict, IReadOnlyList<string> Reasons);

/// <param name="Request">Index of the request that raised it.</param>
/// <param name="At">Seconds after sending.</param>
public sealed record PlayedPrompt(int Request, double At, double? WithdrawnAt);

public sealed record PlayedTrace(string Id, IReadOnlyList<PlayedRequest> Requests, IReadOnlyList<PlayedPrompt> Prompts);

/// <summary>
/// Plays traces through the code that judges live traffic: what a request leaves in the journal, and the projection, the review and the books that make
/// verdicts and prompts of it, with held decisions and running prompts falling due on the way.
/// </summary>
public sealed class TracePlayer(TraceStore store)
{
    /// <summary>After the last request, so that held decisions fall due.</summary>
    static readonly TimeSpan Afterwards = TimeSpan.FromHours(1);

    sealed record HitRow
    {
        public long Id { get; init; }
        public long Verdict { get; init; }
        public string Texts { get; init; } = "[]";
    }

    sealed record PromptRow
    {
        public long HitId { get; init; }
        public string State { get; init; } = "";
        public long RaisedAtMs { get; init; }
        public long? ClosedAtMs { get; init; }
    }

    public async Task<PlayedTrace> PlayAsync(Trace trace, CancellationToken ct)
    {
        var clock = new TraceClock(TraceStore.Sent);
        await using var services = await store.OpenAsync(clock, trace.Context, ct);
        var copy = await TraceStore.AddCopyAsync(services, trace, ct);
        var inOrder = trace.Requests.Select((request, index) => (Request: request, Index: index)).OrderBy(r => r.Request.T).ToList();
        for (var i = 0; i < inOrder.Count; i++)
        {
            await MoveOnAsync(services, clock, At(inOrder[i].Request), ct);
            await StoreAsync(services, trace, inOrder[i].Request, copy, hitId: i + 1, clock.Now, ct);
        }
        await MoveOnAsync(services, clock, At(inOrder[^1].Request) + Afterwards, ct);
        return await ReadAsync(services.GetRequiredService<Database>(), trace, [.. inOrder.Select(r => r.Index)], ct);
    }

    static DateTimeOffset At(TraceRequest request) => TraceStore.Sent.AddMilliseconds(Math.Round(request.T * 1000));

    static async Task StoreAsync(IServiceProvider services, Trace trace, TraceRequest request, CopyId copy, long hitId, DateTimeOffset now, CancellationToken ct)
    {
        var record = new JournalRecord(hitId, Record(services.GetRequiredService<HitFacts>(), trace, request, copy, now));
        var projection = services.GetRequiredService<Projection>();
        await services.GetRequiredService<Database>().WriteAsync(s => projection.StoreAsync(s, 0, [record]), ct);
    }

    static byte[] Record(HitFacts facts, Trace trace, TraceRequest request, CopyId copy, DateTimeOffset now)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in request.Headers)
        {
            headers[name] = value;
        }
        var writer = new HitRecord.Writer(new byte[HitRecord.Writer.MaxLength]);
        var kind = request.Kind == "click" ? HitKind.Click : HitKind.Open;
        facts.Write(ref writer, kind, OwnVisitOf(trace.Context, request, headers), request.Link ?? 0, copy, request.Method, headers, IPAddress.Parse(request.Ip), now);
        return writer.Written.ToArray();
    }

    // The network is found by its address, as live.
    static OwnVisit OwnVisitOf(TraceContext? context, TraceRequest request, HeaderDictionary headers) =>
        context?.RepCookie is { Length: > 0 } cookie && headers["Cookie"].ToString().Contains(cookie, StringComparison.Ordinal) ? OwnVisit.Browser
        : (context?.RepViews ?? []).Any(v => request.T >= v.From && request.T <= v.To) ? OwnVisit.Thread
        : OwnVisit.None;

    /// <summary>What the projector does while nothing arrives.</summary>
    static async Task MoveOnAsync(IServiceProvider services, TraceClock clock, DateTimeOffset until, CancellationToken ct)
    {
        var (database, projection, prompts) = (services.GetRequiredService<Database>(), services.GetRequiredService<Projection>(), services.GetRequiredService<PromptBook>());
        while (true)
        {
            var (held, prompt) = await database.ReadAsync(async s => (await Projection.NextDueAsync(s), await PromptBook.NextDueAsync(s)), ct);
            var due = held is null || prompt < held ? prompt : held;
            if (due is null || due > until)
            {
                break;
            }
            clock.Now = due > clock.Now ? due.Value : clock.Now;
            await database.WriteAsync(s => projection.ReviewDueAsync(s, clock.Now), ct);
            await database.WriteAsync(s => prompts.TickAsync(s, clock.Now), ct);
        }
        clock.Now = until > clock.Now ? until : clock.Now;
    }

    /// <param name="requests">Index of the request by the order of hits.</param>
    static Task<PlayedTrace> ReadAsync(Database database, Trace trace, int[] requests, CancellationToken ct) => database.ReadAsync(async s =>
    {
        var hits = (await s.QueryAsync<HitRow>("select h.id, h.verdict, r.texts from hits h join reasons r on r.id = h.reason_id")).ToDictionary(h => requests[h.Id - 1]);
        var prompts = await s.QueryAsync<PromptRow>("select hit_id, state, raised_at_ms, closed_at_ms from prompts order by id");
        return new PlayedTrace(
            trace.Id,
            [.. trace.Requests.Select((_, i) => new PlayedRequest(VerdictText.Of((Verdict)hits[i].Verdict), JsonSerializer.Deserialize<string[]>(hits[i].Texts)!))],
            [.. prompts.Select(p => new PlayedPrompt(requests[p.HitId - 1], Seconds(p.RaisedAtMs), p.State == PromptStates.Withdrawn ? Seconds(p.ClosedAtMs!.Value) : null))]);
    }, ct);

    static double Seconds(long ms) => (ms - TraceStore.Sent.Ms()) / 1000.0;
}
