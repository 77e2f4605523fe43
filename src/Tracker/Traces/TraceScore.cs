namespace Tracker.Traces;

/// <summary>How well traces were judged.</summary>
public sealed class TraceScore
{
    /// <summary>A wrong prompt that is taken back within 15 s is not counted as wrong: nobody has called yet.</summary>
    const double Grace = 15;

    public int Traces { get; private set; }
    public int WrongPrompts { get; private set; }
    public int WithdrawnPrompts { get; private set; }
    public int MissedPrompts { get; private set; }
    public int TooMany { get; private set; }
    public int VerdictsRight { get; private set; }
    public int Verdicts { get; private set; }

    public void Add(Trace trace, PlayedTrace played)
    {
        var standing = played.Prompts.Where(p => p.WithdrawnAt is null).ToList();
        Traces++;
        WrongPrompts += played.Prompts.Count(p => trace.Requests[p.Request].Truth != "human" && !(p.WithdrawnAt - p.At <= Grace));
        WithdrawnPrompts += played.Prompts.Count - standing.Count;
        MissedPrompts += trace.ExpectPrompt && !standing.Exists(p => (trace.PromptOn ?? []).Contains(p.Request)) ? 1 : 0;
        TooMany += standing.Count > (trace.MaxPrompts ?? int.MaxValue) ? 1 : 0;
        Verdicts += trace.Requests.Count;
        VerdictsRight += trace.Requests.Zip(played.Requests).Count(pair => pair.First.Truth == pair.Second.Verdict);
    }
}
