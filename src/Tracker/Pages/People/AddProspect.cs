using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Plans;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.People;

/// <summary>A new prospect with a meeting, from one small form.</summary>
public static class AddProspect
{
    const int FarthestMeetingYears = 5;

    public static async Task<IResult> RunAsync(HttpContext http, Viewer viewer, Database database)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var given = form.Keys.ToDictionary(k => k, k => form[k].ToString().Trim());
        string? Text(string name) => given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        var meeting = PageTimes.OfInput(Text("meeting"), viewer);
        var wrong = new Dictionary<string, string>();
        if (Emails.Parse(Text("email")) is not { } email)
        {
            wrong["email"] = "Give one mail address, such as anna@customer.example.";
            email = "";
        }
        if (Text("meeting") is not null && (meeting is null || meeting < viewer.Now.AddHours(-1) || meeting > viewer.Now.AddYears(FarthestMeetingYears)))
        {
            wrong["meeting"] = "Give a time from now on.";
        }
        foreach (var name in (string[])["name", "phone", "company"])
        {
            Texts.Line(name, Text(name));
        }
        if (wrong.Count > 0)
        {
            return PageEndpoints.Show<NewProspectPage>(new { Viewer = viewer, Given = given, Wrong = wrong }, 400);
        }
        var id = await database.WriteAsync<long?>(async s =>
        {
            if (await ProspectBook.IsSomebodyElsesAsync(s, email, viewer.Rep.Id))
            {
                return null;
            }
            var added = await ProspectBook.PutAsync(s, new(email, Text("name"), Text("phone"), Text("company")), viewer.Rep.Id, viewer.Now);
            if (meeting is { } at)
            {
                var deal = await DealBook.CreateAsync(s, added, viewer.Rep.Id, null, 0, Stage.MeetingAgreed, new(MeetingAt: at), viewer.Now, viewer.Now);
                await PlanStart.ForDealAsync(s, (await DealRow.FindAsync(s, deal, null))!, null, viewer.Now);
            }
            return added;
        }, http.RequestAborted);
        return id is { } known
            ? TypedResults.Redirect($"/prospects/{Ids.Text(known)}?done=added")
            : PageEndpoints.Show<NewProspectPage>(new { Viewer = viewer, Given = given, Problem = "That is a colleague's prospect. Ask them to hand the next call to you, or write to the person yourself: then you see them too." }, 409);
    }
}
