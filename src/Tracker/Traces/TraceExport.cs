using Tracker.Domain.Signals;
using Tracker.Engagement;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Traces;

/// <summary>
/// Rated prompts as traces that tell nobody who it was: no names, addresses, subjects, links or dates; times count from sending, addresses are made up,
/// in the same known networks and as different or equal as the true ones.
/// </summary>
public sealed class TraceExport(Hits.KnownNetworks networks)
{
    public const string RepCookie = "rep-browser";

    sealed record RatedRow
    {
        public long Id { get; init; }
        public long HitId { get; init; }
        public long RightAlarm { get; init; }
        public string Rule { get; init; } = "";
    }

    /// <param name="skipped">Told for every rating whose hits are kept no longer in full.</param>
    public async IAsyncEnumerable<Trace> RunAsync(Database database, Action skipped, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var rated = await database.ReadAsync(s => s.QueryAsync<RatedRow>("select id, hit_id, right_alarm, rule from prompts where right_alarm is not null order by id"), ct);
        foreach (var prompt in rated)
        {
            if (await database.ReadAsync(s => TraceAsync(s, prompt), ct) is { } trace)
            {
                yield return trace;
            }
            else
            {
                skipped();
            }
        }
    }

    async Task<Trace?> TraceAsync(Session session, RatedRow prompt)
    {
        if (await HitRow.FindAsync(session, prompt.HitId) is not { } raisedBy)
        {
            return null;
        }
        var copy = (await CopyRow.ByIdAsync(session, [raisedBy.CopyId]))[0];
        var rows = (await HitRow.RecentAsync(session, [copy.Id]))[copy.Id].ToList();
        var index = rows.FindIndex(r => r.Id == prompt.HitId);
        // Without the first hit, or with a cut-down User-Agent, it would be another story than the one that was rated.
        if (index < 0 || rows.Count == HitRow.MaxRecent || rows.Exists(r => r.IsReduced))
        {
            return null;
        }
        var traffic = await (await CopyScenes.LoadAsync(session, [copy])).TrafficAsync(session, copy, []);
        return Of(prompt, rows, index, traffic);
    }

    Trace Of(RatedRow prompt, List<HitRow> rows, int raisedBy, CopyTraffic traffic)
    {
        var start = traffic.SentAt ?? traffic.MadeAt ?? rows.Min(r => Times.Of(r.AtMs));
        var (addresses, right) = (new MadeUpAddresses(networks.Book), prompt.RightAlarm != 0);
        var requests = rows.Select((row, i) => Request(row, start, addresses, Truth(row, i == raisedBy, right))).ToList();
        var views = rows.Where(r => r.OwnVisit == (long)OwnVisit.Thread).Select(r => Seconds(r, start)).Select(t => new TraceView(t - 1, t + 1)).ToList();
        string[] own = [.. rows.Zip(requests).Where(p => p.First.OwnVisit == (long)OwnVisit.Network).Select(p => p.Second.Ip).Distinct()];
        var browser = rows.Exists(r => r.OwnVisit == (long)OwnVisit.Browser);
        return new(
            $"rated-{Ids.Text(prompt.Id)}", traffic.LinkCount, requests, traffic.Honeypots.Count > 0 ? traffic.Honeypots.Min() : null, right, right ? [raisedBy] : [],
            Context: own.Length > 0 || views.Count > 0 || browser ? new(own.Length > 0 ? own : null, browser ? RepCookie : null, views.Count > 0 ? views : null) : null,
            Source: traffic.SentAt is null ? "exported; the time of sending was not known, so times count from the making of the copy" : "exported",
            Label: right ? "human" : "machine", Category: prompt.Rule, Evidence: right ? "a rep rated the prompt right" : "a rep rated the prompt a wrong alarm",
            SentAtOffsetS: traffic.SentAt is null ? null : 0);
    }

    // The rep spoke of one hit; of the others there is only our own opinion.
    static string Truth(HitRow row, bool isRated, bool right) => isRated ? right ? "human" : "machine" : VerdictText.Of((Verdict)row.Verdict) is "checking" ? "unknown" : VerdictText.Of((Verdict)row.Verdict);

    static double Seconds(HitRow row, DateTimeOffset start) => (Times.Of(row.AtMs) - start).TotalMilliseconds / 1000;

    static TraceRequest Request(HitRow row, DateTimeOffset start, MadeUpAddresses addresses, string truth)
    {
        var hit = row.ToHit();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (hit.UserAgent.Length > 0)
        {
            headers["User-Agent"] = hit.UserAgent;
        }
        foreach (var (name, value) in hit.Headers.Where(h => SignalHeaders.All.Contains(h.Key)))
        {
            // Whose webmail it was says who they are; that there was one is all that judging needs.
            headers[name] = name == SignalHeaders.Referer ? "https://webmail.example" : value;
        }
        if (hit.OwnVisit == OwnVisit.Browser)
        {
            headers["Cookie"] = RepCookie;
        }
        return new(Seconds(row, start), VerdictText.Of(hit.Kind), hit.Link, hit.Method, addresses.Of(hit), headers, truth);
    }
}
