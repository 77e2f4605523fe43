using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp;

/// <summary>Where a prospect stands, beside their deals.</summary>
public static class FollowUpState
{
    public const string Live = "live", Parked = "parked", Stopped = "stopped";

    public static Task EnsureAsync(Session session, long prospectId, DateTimeOffset now) => session.ExecuteAsync(
        "insert into follow_ups (prospect_id, state, since_ms) values (@prospectId, 'live', @now) on conflict (prospect_id) do nothing", new { prospectId, now = now.Ms() });

    /// <summary>They said something.</summary>
    public static async Task NoteReplyAsync(Session session, long prospectId, DateTimeOffset at, DateTimeOffset now)
    {
        await EnsureAsync(session, prospectId, now);
        await session.ExecuteAsync("""
            update follow_ups set answered_at_ms = @at, replied_at_ms = @at, away_until_ms = null, mail_fails = 0 where prospect_id = @prospectId
            """, new { prospectId, at = at.Ms() });
    }

    public static async Task NoteAwayAsync(Session session, long prospectId, DateTimeOffset until, DateTimeOffset now)
    {
        await EnsureAsync(session, prospectId, now);
        await session.ExecuteAsync("update follow_ups set away_until_ms = @until where prospect_id = @prospectId", new { prospectId, until = until.Ms() });
    }

    public static async Task NoteBounceAsync(Session session, long prospectId, DateTimeOffset now)
    {
        await EnsureAsync(session, prospectId, now);
        await session.ExecuteAsync("update follow_ups set mail_fails = 1 where prospect_id = @prospectId", new { prospectId });
    }

    /// <summary>Neither parked nor stopped. Nobody has said anything yet: live.</summary>
    public static async Task<bool> IsLiveAsync(Session session, long prospectId) => await OfAsync(session, prospectId) is null or Live;

    public static async Task<bool> IsStoppedAsync(Session session, long prospectId) => await OfAsync(session, prospectId) is Stopped;

    public static async Task<bool> IsParkedAsync(Session session, long prospectId) => await OfAsync(session, prospectId) is Parked;

    static Task<string?> OfAsync(Session session, long prospectId) => session.ScalarAsync<string>("select state from follow_ups where prospect_id = @prospectId", new { prospectId });

    /// <param name="until">Null: for good, or with nothing to wait for.</param>
    public static async Task SetAsync(Session session, long prospectId, string state, DateTimeOffset? until, string? reason, DateTimeOffset now)
    {
        await EnsureAsync(session, prospectId, now);
        await session.ExecuteAsync(
            "update follow_ups set state = @state, since_ms = @now, until_ms = @until, reason = @reason where prospect_id = @prospectId",
            new { prospectId, state, until = until?.Ms(), reason, now = now.Ms() });
    }

    /// <summary>Who works on them: reps with an open deal or a plan, else the prospect's own.</summary>
    public static async Task<IReadOnlyList<long>> RepsAsync(Session session, long prospectId)
    {
        var working = await session.QueryAsync<long>("""
            select rep_id from deals where prospect_id = @prospectId and closed_at_ms is null
            union select rep_id from plans where prospect_id = @prospectId and state <> 'ended'
            """, new { prospectId });
        return working.Count > 0 ? working : await session.QueryAsync<long>("select rep_id from prospects where id = @prospectId and rep_id is not null", new { prospectId });
    }
}

/// <summary>They asked for quiet.</summary>
public static class Stopping
{
    /// <summary>Plans end, nothing is owed any more, open deals are lost for good. The record stays, and a later look still raises its prompt.</summary>
    public static async Task StopAsync(Session session, long prospectId, string reason, DateTimeOffset at, DateTimeOffset now)
    {
        await FollowUpState.SetAsync(session, prospectId, FollowUpState.Stopped, null, reason, now);
        await session.ExecuteAsync("update follow_ups set answered_at_ms = @at where prospect_id = @prospectId", new { prospectId, at = at.Ms() });
        await Plans.PlanBook.EndAsync(session, prospectId, null, "stop", now);
        await Deals.DealBook.LoseForGoodAsync(session, prospectId, at);
        await Obligations.SettleAllAsync(session, prospectId, "stop", now);
    }
}
