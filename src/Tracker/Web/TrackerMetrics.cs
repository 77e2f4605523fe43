using System.Diagnostics.Metrics;
using Tracker.Domain.Signals;

namespace Tracker.Web;

/// <summary>What the process counts. No address, token, name or URL ever becomes a label.</summary>
public sealed class TrackerMetrics
{
    public const string MeterName = "Tracker";

    readonly Counter<long> _answered;
    readonly Counter<long> _refused;
    readonly Counter<long> _stopped;
    readonly Counter<long> _judged;
    readonly Counter<long> _prompts;
    readonly Counter<long> _setAside;
    readonly Counter<long> _dropped;
    readonly UpDownCounter<long> _feedReaders;
    readonly Counter<long> _copies;
    readonly Counter<long> _filtered;

    public TrackerMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _answered = Meter.CreateCounter<long>("tracker.hits.answered", "{hit}", "Pixels, links and refusals answered, by kind and by whether the record was on disk first.");
        _refused = Meter.CreateCounter<long>("tracker.tokens.refused", "{request}", "Requests whose token was not ours.");
        _stopped = Meter.CreateCounter<long>("tracker.links.stopped", "{request}", "Requests for links that are switched off; their hits are recorded all the same.");
        _judged = Meter.CreateCounter<long>("tracker.hits.judged", "{hit}", "Hits stored, by their first verdict.");
        _prompts = Meter.CreateCounter<long>("tracker.prompts", "{prompt}", "Call prompts, by what happened to them.");
        _setAside = Meter.CreateCounter<long>("tracker.hits.set_aside", "{hit}", "Journal records that could not be stored and were kept apart.");
        _dropped = Meter.CreateCounter<long>("tracker.hits.not_kept", "{hit}", "Hits that are not kept, by reason: the recipient refused tracking, or the copy is unknown.");
        _feedReaders = Meter.CreateUpDownCounter<long>("tracker.feed.readers", "{stream}", "Open feed streams.");
        _copies = Meter.CreateCounter<long>("tracker.copies", "{copy}", "Copies made, by whether they are instrumented.");
        _filtered = Meter.CreateCounter<long>("tracker.filter.mails", "{mail}", "Mails through the filter, by what became of them.");
    }

    public Meter Meter { get; }

    public void Answered(HitKind kind, bool recorded) =>
        Answered(kind == HitKind.Open ? "open" : "click", recorded);

    /// <summary>A recipient's wish goes through the journal too, so it counts with the hits: recorded and unrecorded together are all that were answered.</summary>
    public void Refusal(bool recorded) => Answered("refusal", recorded);

    void Answered(string kind, bool recorded) => _answered.Add(1, new("kind", kind), new("recorded", recorded ? "yes" : "no"));

    public void Refused() => _refused.Add(1);

    public void Stopped() => _stopped.Add(1);

    public void Judged(Verdict verdict, long count) => _judged.Add(count, new KeyValuePair<string, object?>("verdict", VerdictText.Of(verdict)));

    public void Prompt(string what) => _prompts.Add(1, new KeyValuePair<string, object?>("what", what));

    public void SetAside() => _setAside.Add(1);

    public void Dropped(string reason, long count) => _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void FeedReader(int change) => _feedReaders.Add(change);

    public void Filtered(string outcome) => _filtered.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Copy(bool instrumented) => _copies.Add(1, new KeyValuePair<string, object?>("instrumented", instrumented ? "yes" : "no"));
}

/// <summary>Verdicts and kinds as the API writes them.</summary>
public static class VerdictText
{
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Human => "human",
        Verdict.Machine => "machine",
        Verdict.Checking => "checking",
        _ => "unknown",
    };

    public static string Of(HitKind kind) => kind == HitKind.Click ? "click" : "open";
}
