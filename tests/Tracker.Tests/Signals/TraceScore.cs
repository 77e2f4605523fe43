using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

/// <summary>The score of the trace format's README, with a line for every complaint.</summary>
sealed class TraceScore
{
    /// <summary>A false prompt that is taken back within it is not counted as wrong.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    public int Traces { get; private set; }
    public int Wrong { get; private set; }
    public int Missed { get; private set; }
    public int TooMany { get; private set; }
    public int Withdrawn { get; private set; }
    public int VerdictsRight { get; private set; }
    public int Verdicts { get; private set; }
    public List<string> Complaints { get; } = [];

    public void Add(Trace trace, Played played)
    {
        Traces++;
        var standing = played.Standing.ToList();
        var wrong = played.Prompts.Where(p => trace.Requests[p.Hit].TrueVerdict != Verdict.Human && !(p.Lived <= Grace)).ToList();
        Wrong += wrong.Count;
        Withdrawn += played.Prompts.Count(p => p.WithdrawnAt is not null);
        var missed = trace.ExpectPrompt && !standing.Any(p => trace.PromptOn.Contains((int)p.Hit));
        Missed += missed ? 1 : 0;
        TooMany += standing.Count > (trace.MaxPrompts ?? int.MaxValue) ? 1 : 0;
        foreach (var judgement in played.Final)
        {
            var truth = trace.Requests[judgement.HitId].TrueVerdict;
            Verdicts++;
            VerdictsRight += judgement.Verdict == truth ? 1 : 0;
            if (judgement.Verdict != truth)
            {
                Complaints.Add($"{trace.Id}[{judgement.HitId}] is {truth}, judged {judgement.Verdict}: {judgement.Reasons[0]}");
            }
        }
        Complaints.AddRange(wrong.Select(p => $"{trace.Id} WRONG PROMPT on {p.Hit}"));
        if (missed)
        {
            Complaints.Add($"{trace.Id} MISSED");
        }
    }

    public override string ToString() => $"{Traces} traces: {Wrong} wrong, {Missed} missed, {TooMany} too many, {Withdrawn} withdrawn, {VerdictsRight} of {Verdicts} verdicts right\n"
        + string.Join("\n", Complaints.Take(40));
}
