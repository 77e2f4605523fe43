using Tracker.FollowUp.Plans;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Referrals;

/// <summary>Somebody vouched for a prospect: a call is owed to the one, thanks to the other.</summary>
public static class ReferralBook
{
    public static string Thanks(string referrer) => $"thank {referrer} for the referral, and tell them what came of it";

    public static async Task<long> AddAsync(Session session, long prospectId, long repId, string referrer, string? note, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long>(
            "insert into referrals (prospect_id, rep_id, referrer, note, created_at_ms) values (@prospectId, @repId, @referrer, @note, @now) returning id",
            new { prospectId, repId, referrer, note, now = now.Ms() });
        await Obligations.AddAsync(session, new(prospectId, repId, null, "call", $"a referral: {referrer} thought you should talk", await PlanCalendar.DayAfterAsync(session, prospectId, repId, "call", now, 1)) { Source = ObligationSources.Referral }, now);
        await Obligations.AddAsync(session, new(prospectId, repId, null, "note", Thanks(referrer), await PlanCalendar.DayAfterAsync(session, prospectId, repId, "note", now, 1)) { Source = ObligationSources.Thanks }, now);
        return id;
    }
}
