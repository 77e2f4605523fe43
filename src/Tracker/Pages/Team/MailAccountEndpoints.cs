using Tracker.Domain.Tokens;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.SetUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Pages.Team;

/// <summary>The servers that mail leaves through, for everybody or for some, and whether they take it.</summary>
public static class MailAccountEndpoints
{
    public static void MapMailAccounts(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/mail", (HttpContext http, Viewer viewer, Database database, MailServers servers, string? change) => ShowAsync(http, viewer, database, servers, new() { Change = change }));
        admin.MapPost("/mail", SaveAsync);
        admin.MapPost("/mail/remove", RemoveAsync);
        admin.MapPost("/mail/test", TestAsync);
    }

    /// <summary>What the page says besides the accounts.</summary>
    sealed record Told
    {
        public string? Change { get; init; }
        public string? Done { get; init; }
        public string? Problem { get; init; }
        public MailAccountForm? Form { get; init; }
        public IReadOnlyList<Finding>? Findings { get; init; }
    }

    static async Task<IResult> ShowAsync(HttpContext http, Viewer viewer, Database database, MailServers servers, Told told)
    {
        var stored = await database.ReadAsync(StoredMailAccounts.ListAsync, http.RequestAborted);
        var form = told.Form ?? (stored.FirstOrDefault(a => MailTestForm.IdOf(a.Name) == told.Change) is { } chosen ? MailAccountForm.Of(chosen) : MailAccountForm.New);
        return PageEndpoints.Show<MailAccountsPage>(new
        {
            Viewer = viewer, Stored = stored, OfSettings = servers.OfSettings, Form = form, told.Findings, told.Done, told.Problem,
        }, form.Wrong.Count > 0 || told.Problem is not null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    static async Task<IResult> SaveAsync(HttpContext http, Viewer viewer, Database database, MailServers servers, KeyRing ring, OutboxSignal outbox)
    {
        var typed = (await RequestBody.FormAsync(http.Request))!;
        var (form, account) = await database.WriteAsync(async s =>
        {
            var stored = await StoredMailAccounts.ListAsync(s);
            var given = MailAccountForm.Of(typed, stored.Any(a => a.HasPassword && a.Name == typed["was"]));
            var (form, account, password) = given.Check(typed["password"].ToString(), stored, servers.OfSettings.Select(a => a.Name), viewer.Now);
            if (account is not null)
            {
                await StoredMailAccounts.SaveAsync(s, ring, account, password, viewer.Rep, viewer.Now);
            }
            return (form, account);
        }, http.RequestAborted);
        if (account is null)
        {
            return await ShowAsync(http, viewer, database, servers, new() { Form = form });
        }
        outbox.Wake();
        return await ShowAsync(http, viewer, database, servers, new() { Done = $"{account.Name} is saved, and holds from the next mail on. See below whether it takes a test mail." });
    }

    static async Task<IResult> RemoveAsync(HttpContext http, Viewer viewer, Database database, MailServers servers)
    {
        var name = (await RequestBody.FormAsync(http.Request))!["account"].ToString();
        var removed = await database.WriteAsync(s => StoredMailAccounts.RemoveAsync(s, name), http.RequestAborted) > 0;
        return await ShowAsync(http, viewer, database, servers, new()
        {
            Done = removed ? $"{name} is removed, with its password. Mail that waits goes through the account that fits now, or waits for one." : "That account was removed before.",
        });
    }

    static async Task<IResult> TestAsync(HttpContext http, Viewer viewer, Database database, MailServers servers, TestMail test)
    {
        var form = (await RequestBody.FormAsync(http.Request))!;
        var (name, to) = (form["account"].ToString(), Emails.Parse(form["to"]));
        var account = (await database.ReadAsync(servers.ListAsync, http.RequestAborted)).FirstOrDefault(a => a.Name == name && a.Smtp is not null);
        if (account is null || to is null)
        {
            return await ShowAsync(http, viewer, database, servers, new()
            {
                Problem = account is null ? "That account is not there any more." : "Give one mail address for the test mail to go to, such as anna@example.com.",
            });
        }
        return await ShowAsync(http, viewer, database, servers, new() { Findings = await test.SendAsync(account, viewer.Rep.Email, to, http.RequestAborted) });
    }
}
