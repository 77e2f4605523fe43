using Tracker.Domain.Signals;

namespace Tracker.Tests.Signals;

/// <summary>A prompt that came up, by the id of the hit that raised it.</summary>
sealed record RaisedPrompt(long Hit, DateTimeOffset At, DateTimeOffset? WithdrawnAt)
{
    public TimeSpan? Lived => WithdrawnAt - At;
}

sealed record Played(IReadOnlyList<Judgement> Final, IReadOnlyList<RaisedPrompt> Prompts)
{
    public IEnumerable<RaisedPrompt> Standing => Prompts.Where(p => p.WithdrawnAt is null);
}

/// <summary>Plays a copy's hits through the judge as the projector does: at each hit, at each time a held hit falls due, and an hour after the last.</summary>
sealed class TracePlayer
{
    readonly List<RaisedPrompt> _prompts = [];
    readonly HashSet<long> _human = [];
    IReadOnlyList<Judgement> _last = [];

    public static Played Play(CopyTraffic copy)
    {
        var player = new TracePlayer();
        var hits = copy.Hits;
        for (var i = 0; i < hits.Count; i++)
        {
            player.FallDue(copy with { Hits = [.. hits.Take(i)] }, until: hits[i].At);
            player.Review(copy with { Hits = [.. hits.Take(i + 1)] }, hits[i].At);
        }
        var end = hits[^1].At.AddHours(1);
        player.FallDue(copy, end);
        player.Review(copy, end);
        return new(player._last, player._prompts);
    }

    void FallDue(CopyTraffic copy, DateTimeOffset until)
    {
        while (_last.Min(j => j.DueAt) is { } due && due <= until)
        {
            Review(copy, due);
        }
    }

    void Review(CopyTraffic copy, DateTimeOffset now)
    {
        _last = Judge.Review(copy, now);
        var human = _last.Where(j => j.Verdict == Verdict.Human).Select(j => j.HitId).ToList();
        if (_prompts.FindIndex(p => p.WithdrawnAt is null) is var live and >= 0)
        {
            if (human.Count == 0)
            {
                _prompts[live] = _prompts[live] with { WithdrawnAt = now };
            }
        }
        // An upgrade in hindsight explains an old hit; it is not a new visit.
        else if (human.Where(h => !_human.Contains(h)).ToList() is { Count: > 0 } news)
        {
            _prompts.Add(new(news[^1], now, null));
        }
        _human.Clear();
        _human.UnionWith(human);
    }
}
