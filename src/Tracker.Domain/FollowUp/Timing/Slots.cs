namespace Tracker.Domain.FollowUp;

/// <summary>Finds the moment for a touch: on the rep's working days, and where somebody has to pick up, within their hours too.</summary>
public static class Slots
{
    /// <summary>Further ahead nothing is looked for: somebody without a common day in half a year has no common day.</summary>
    const int MostDays = 200;

    /// <summary>
    /// The first moment from <paramref name="wanted"/> on. For calls: within the prospect's call time and the rep's hours on a day the rep works; hours that were
    /// agreed outrank the rep's own hours, and so do theirs when the two never meet. For mail and cards: the rep's hours only.
    /// </summary>
    public static DateTimeOffset Next(TouchKind kind, DateTimeOffset wanted, RepTime rep, CallTime theirs)
    {
        if (!TouchKinds.NeedsTheirHours(kind))
        {
            return InRepHours(wanted, rep);
        }
        var both = theirs.Source != CallTimeSource.Agreed ? First(wanted, rep, theirs, true) : null;
        return both ?? First(wanted, rep, theirs, false) ?? WorkingDay(wanted, rep);
    }

    /// <summary>The first moment from then on at which the rep works.</summary>
    public static DateTimeOffset InRepHours(DateTimeOffset wanted, RepTime rep)
    {
        var day = rep.DayOf(wanted);
        for (var i = 0; i < MostDays; i++, day = day.AddDays(1))
        {
            if (rep.On(day) is { } open && wanted < open.To)
            {
                return wanted > open.From ? wanted : open.From;
            }
        }
        return wanted;
    }

    /// <summary>The same time of day on the first day from then on that the rep works.</summary>
    public static DateTimeOffset WorkingDay(DateTimeOffset wanted, RepTime rep)
    {
        var at = wanted;
        for (var i = 0; i < MostDays && !rep.Works(rep.DayOf(at)); i++)
        {
            at = at.AddDays(1);
        }
        return at;
    }

    static DateTimeOffset? First(DateTimeOffset wanted, RepTime rep, CallTime theirs, bool withinRepHours)
    {
        var day = WorkingHours.DayOf(theirs.Hours.Zone, wanted);
        for (var i = 0; i < MostDays; i++, day = day.AddDays(1))
        {
            if (theirs.Hours.On(day) is not { } open)
            {
                continue;
            }
            var from = wanted > open.From ? wanted : open.From;
            // Their day can be two days of the rep's calendar.
            foreach (var mine in new[] { rep.DayOf(open.From), rep.DayOf(open.To) }.Distinct())
            {
                if (!rep.Works(mine))
                {
                    continue;
                }
                var span = withinRepHours ? rep.On(mine)!.Value : WholeDay(rep, mine);
                var begin = from > span.From ? from : span.From;
                var end = open.To < span.To ? open.To : span.To;
                if (begin < end)
                {
                    return begin;
                }
            }
        }
        return null;
    }

    static (DateTimeOffset From, DateTimeOffset To) WholeDay(RepTime rep, DateOnly day) =>
        (WorkingHours.Moment(rep.Zone, day, TimeSpan.Zero), WorkingHours.Moment(rep.Zone, day.AddDays(1), TimeSpan.Zero));
}
