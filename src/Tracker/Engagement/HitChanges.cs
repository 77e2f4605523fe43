using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>What judging changes in rows that stand already, gathered over many copies and written with one statement for each kind of change.</summary>
sealed class HitChanges(Dictionaries dictionaries)
{
    readonly List<object?[]> _copies = [], _hits = [], _held = [], _released = [];

    /// <param name="arrived">The copy's new hits.</param>
    public async Task AddAsync(Session session, CopyRow copy, IReadOnlyList<JudgedHit> hits, CopyCounts counts, IReadOnlyCollection<Hit> arrived)
    {
        _copies.Add(counts.Row(copy, arrived));
        foreach (var hit in hits)
        {
            if (hit is { IsChanged: true, IsNew: false })
            {
                _hits.Add([hit.Hit.Id, (long)hit.After.Verdict, Percent(hit.After), await dictionaries.ReasonsAsync(session, hit.After.Reasons), (long)Judge.RulesVersion]);
            }
            if (hit.After is { Verdict: Verdict.Checking, DueAt: { } due })
            {
                _held.Add([hit.Hit.Id, hit.Copy.Id, due.Ms()]);
            }
            else if (hit.Before?.Verdict == Verdict.Checking)
            {
                _released.Add([hit.Hit.Id]);
            }
        }
    }

    public async Task SaveAsync(Session session)
    {
        await session.EachAsync(CopyCounts.Update, _copies);
        await session.EachAsync("update hits set verdict = @p1, confidence = @p2, reason_id = @p3, rules_version = @p4 where id = @p0", _hits);
        await session.EachAsync("insert into held_hits (hit_id, copy_id, due_at_ms) values (@p0, @p1, @p2) on conflict (hit_id) do update set due_at_ms = excluded.due_at_ms", _held);
        await session.EachAsync("delete from held_hits where hit_id = @p0", _released);
    }

    public static long Percent(Judgement judgement) => (long)Math.Round(judgement.Confidence * 100);
}
