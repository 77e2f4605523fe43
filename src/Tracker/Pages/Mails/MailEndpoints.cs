using Tracker.Engagement;
using Tracker.Inbound;
using Tracker.Outbound;
using Tracker.Outbound.Outbox;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Mails;

/// <summary>What was sent, and what became of it.</summary>
public static class MailEndpoints
{
    const int Shown = 50, ShownHits = 200;

    public static void MapMails(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/mails", ListAsync);
        pages.MapGet("/mails/{id}", ShowAsync);
        pages.MapPost("/mails/{id}/mute", MuteAsync);
    }

    static async Task<IResult> ListAsync(HttpContext http, Viewer viewer, Database database, string? after)
    {
        var (page, deliveries) = await database.ReadAsync(async s =>
        {
            var found = await MessageReader.ListAsync(s, viewer.Sees, new Dictionary<string, string>(), Shown, Cursor.Parse(after));
            return (found, await DeliveryCounts.OfAsync(s, [.. found.Items.Select(m => Ids.Parse(m.Id)!.Value)]));
        }, http.RequestAborted);
        return PageEndpoints.Show<MailsPage>(new { Viewer = viewer, page.Items, page.Next, IsFirst = after is null, Deliveries = deliveries.ToDictionary(d => Ids.Text(d.Key), d => d.Value) });
    }

    static Task<IResult> ShowAsync(string id, HttpContext http, Viewer viewer, Database database) => database.ReadAsync(async s =>
    {
        if (await MessageReader.FindAsync(s, Ids.Parse(id), viewer.Sees) is not { } message)
        {
            return People.PeopleEndpoints.Missing(viewer, "mail");
        }
        var hits = await Timelines.OfMessageAsync(s, Ids.Parse(id)!.Value, ShownHits, null);
        return PageEndpoints.Show<MailPage>(new
        {
            Viewer = viewer, M = message, Hits = hits.Items, HasMore = hits.Next is not null, Rates = await TextRates.OfMessageAsync(s, Ids.Parse(id)!.Value),
            Answers = await CopyAnswer.OfMessageAsync(s, Ids.Parse(id)!.Value),
        });
    }, http.RequestAborted);

    static async Task<IResult> MuteAsync(string id, HttpContext http, Viewer viewer, Database database)
    {
        var muted = (await RequestBody.FormAsync(http.Request))?["muted"].ToString() == "yes";
        var known = await database.WriteAsync(s => MessageStore.MuteAsync(s, Ids.Parse(id), muted, viewer.Sees, viewer.Now), http.RequestAborted);
        return known is null ? People.PeopleEndpoints.Missing(viewer, "mail") : TypedResults.Redirect($"/mails/{id}");
    }
}
