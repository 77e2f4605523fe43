using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Hours;
using Tracker.FollowUp.People;
using Tracker.Storage;

namespace Tracker.FollowUp.Plans;

/// <summary>Finds days for one prospect and rep.</summary>
public sealed record PlanCalendar(RepTime Rep, CallTime Theirs)
{
    public static async Task<PlanCalendar> LoadAsync(Session session, Person person, long repId)
    {
        var rep = await RepTimes.LoadAsync(session, repId);
        return new(rep, await CallTimeBook.OfAsync(session, person, rep));
    }

    /// <summary>So many business days later, on a day the rep works and, for calls, in their hours.</summary>
    public static async Task<DateTimeOffset> DayAfterAsync(Session session, long prospectId, long repId, string kind, DateTimeOffset from, int days)
    {
        var calendar = await LoadAsync(session, (await Person.FindAsync(session, prospectId, null))!, repId);
        return calendar.Slot(TouchKinds.Parse(kind) ?? TouchKind.Call, NextSteps.BusinessDayAfter(from, days), null);
    }

    /// <param name="before">The touch before it; two of one plan keep the guard's distance.</param>
    public DateTimeOffset Slot(TouchKind kind, DateTimeOffset wanted, DateTimeOffset? before)
    {
        var earliest = before is { } b && wanted < b + Guard.LeastGap ? b + Guard.LeastGap : wanted;
        return Slots.Next(kind, earliest, Rep, Theirs);
    }
}
