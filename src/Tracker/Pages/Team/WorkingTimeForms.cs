using System.Globalization;
using Tracker.FollowUp.Hours;
using Tracker.Prompts;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>When a rep works, when they do not, and what they are told of: three forms of one page.</summary>
static class WorkingTimeForms
{
    /// <summary>Days added at once; nobody is away for longer without somebody else taking over.</summary>
    const int LongestAbsence = 100;

    /// <returns>What is wrong with the form; null when it was stored.</returns>
    public static Task<string?> HoursAsync(HttpContext http, Database database, Viewer viewer) => ChangeAsync(http, database, viewer, (form, was) =>
    {
        var days = Enum.GetValues<DayOfWeek>().Select(d => new DayHours(Names.Of(d), form[$"from-{Names.Of(d)}"].ToString().Trim(), form[$"to-{Names.Of(d)}"].ToString().Trim()))
            .Where(d => d.From!.Length + d.To!.Length > 0).ToList();
        return days.Count == 0 ? throw new ProblemException(Problems.Parameter("hours", "", "at least one day with hours")) : was with { TimeZone = form["timeZone"].ToString().Trim(), Hours = days };
    });

    /// <summary>Adds days off, from one to another, or takes one away.</summary>
    public static Task<string?> DaysOffAsync(HttpContext http, Database database, Viewer viewer) => ChangeAsync(http, database, viewer, (form, was) =>
    {
        if (form["remove"].ToString() is { Length: > 0 } day)
        {
            return was with { DaysOff = [.. was.DaysOff!.Where(d => d.Day != day)] };
        }
        var from = Day("from", form["from"].ToString());
        var to = form["to"].ToString() is { Length: > 0 } last ? Day("to", last) : from;
        if (to < from || to.DayNumber - from.DayNumber >= LongestAbsence)
        {
            throw new ProblemException(Problems.Parameter("to", form["to"].ToString(), $"a day on or after the first, at most {LongestAbsence} days in all"));
        }
        var label = form["label"].ToString().Trim() is { Length: > 0 } text ? text : null;
        var added = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(i => new DayOff(from.AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), label)).ToList();
        return was with { DaysOff = [.. was.DaysOff!.Where(d => added.All(a => a.Day != d.Day)), .. added] };
    });

    public static async Task<string?> AlertsAsync(HttpContext http, Database database, Viewer viewer)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        if (!int.TryParse(form["perHour"], NumberStyles.None, CultureInfo.InvariantCulture, out var perHour) || perHour is < AlertChoices.FewestPerHour or > AlertChoices.MostPerHour)
        {
            return $"At most per hour takes a number from {AlertChoices.FewestPerHour} to {AlertChoices.MostPerHour}.";
        }
        bool Is(string name) => form[name].ToString() == "yes";
        await database.WriteAsync(s => AlertChoices.PutAsync(s, viewer.Rep.Id, new(Is("notify"), Is("sound"), perHour, Is("workingHoursOnly"))), http.RequestAborted);
        return null;
    }

    static DateOnly Day(string name, string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day : throw new ProblemException(Problems.Parameter(name, text, "a day such as 2026-12-31"));

    static async Task<string?> ChangeAsync(HttpContext http, Database database, Viewer viewer, Func<IFormCollection, WorkingTimeView, WorkingTimeView> change)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        try
        {
            await database.WriteAsync(async s => await HoursEndpoints.StoreAsync(s, viewer.Rep.Id, change(form, await OfAsync(s, viewer))), http.RequestAborted);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
    }

    /// <summary>What is stored; until anything is, the usual hours in the zone of the rep's browser.</summary>
    public static async Task<WorkingTimeView> OfAsync(Session session, Viewer viewer)
    {
        var stored = await HoursEndpoints.ViewAsync(session, viewer.Rep.Id);
        return await RepTimes.AreSetAsync(session, viewer.Rep.Id) ? stored : stored with { TimeZone = viewer.Zone.Id };
    }
}
