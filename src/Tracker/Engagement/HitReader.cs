using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>One hit, explained.</summary>
public static class HitReader
{
    /// <param name="repId">Only if it is of this rep's mail; null: whoever's.</param>
    public static async Task<HitView?> FindAsync(Session session, long id, long? repId, DateTimeOffset now)
    {
        if (await HitRow.FindAsync(session, id) is not { } row)
        {
            return null;
        }
        var copy = (await CopyRow.ByIdAsync(session, [row.CopyId]))[0];
        return repId is { } rep && rep != copy.RepId ? null : await ExplainAsync(session, row, copy, now);
    }

    static async Task<HitView> ExplainAsync(Session session, HitRow row, CopyRow copy, DateTimeOffset now)
    {
        var recent = (await HitRow.RecentAsync(session, [copy.Id]))[copy.Id].Where(r => !r.IsReduced || r.Id == row.Id).Select(r => r.ToHit()).ToList();
        if (!recent.Exists(h => h.Id == row.Id))
        {
            // Older than what judging looks back on: explained alone.
            recent = [row.ToHit()];
        }
        var hit = row.ToHit();
        var traffic = await (await CopyScenes.LoadAsync(session, [copy])).TrafficAsync(session, copy, recent);
        return new(
            Ids.Text(row.Id), Ids.Text(copy.Id), Ids.Text(copy.MessageId), Ids.Text(copy.ProspectId), copy.Recipient, VerdictText.Of(hit.Kind), hit.Link, hit.At,
            VerdictText.Of((Verdict)row.Verdict), row.Confidence / 100.0, row.ReasonTexts(), row.RulesVersion,
            new(hit.Method, hit.UserAgent, hit.Headers, hit.Network?.Name, hit.SourcePrefix, Names.Of(hit.OwnVisit), Times.Of(copy.SentAtMs)),
            [.. Judge.Explain(traffic, row.Id, now).Select(o => new OpinionView(o.Rule, o.Verdict is { } v ? VerdictText.Of(v) : null, o.Confidence, o.Reason))]);
    }
}
