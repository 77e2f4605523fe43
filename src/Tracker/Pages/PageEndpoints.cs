using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Access;
using Tracker.Pages.Compose;
using Tracker.Pages.Entry;
using Tracker.Pages.Hot;
using Tracker.Pages.Mails;
using Tracker.Pages.Now;
using Tracker.Pages.People;
using Tracker.Pages.Styleguide;
using Tracker.Pages.Team;
using Tracker.Pages.Today;
using Tracker.Web;

namespace Tracker.Pages;

/// <summary>Every page, as a list.</summary>
public static class PageEndpoints
{
    public static void MapAllPages(this WebApplication app)
    {
        var everybody = app.MapGroup("").ExcludeFromDescription();
        everybody.MapSignIn();
        everybody.MapOpenId();
        everybody.MapGet("/problems/{slug}", Problem);
        everybody.MapGet("/robots.txt", () => TypedResults.Text("User-agent: *\nDisallow: /\n"));
        var reps = app.MapPages();
        reps.MapNow();
        reps.MapTodayPage();
        reps.MapHotPage();
        reps.MapPeople();
        reps.MapMails();
        reps.MapGet("/compose", (Viewer viewer, string? email, string? name) => Show<ComposePage>(new { Viewer = viewer, Email = email, Name = name }));
        reps.MapAccount();
        reps.MapSettings();
        if (app.Environment.IsDevelopment())
        {
            reps.MapGet("/styleguide", (Viewer viewer) => Show<StyleguidePage>(new { Viewer = viewer }));
        }
    }

    public static RazorComponentResult<TPage> Show<TPage>(object parameters, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new(parameters) { StatusCode = status };

    static IResult Problem(string slug) => Problems.All.FirstOrDefault(p => p.Slug == slug) is { } kind
        ? Show<ProblemPage>(new { Kind = kind })
        : Problems.NoSuchRoute.With("There is no such problem.");
}
