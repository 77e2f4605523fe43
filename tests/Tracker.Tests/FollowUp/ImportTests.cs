using System.Net;
using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.FollowUp;

public abstract class ImportTests(Func<Task<Engine>> start) : FollowUpContract(start)
{
    async Task<HttpResponseMessage> ImportAsync(string csv, string query = "") =>
        await Rita.SendAsync(HttpMethod.Post, "/import" + query, new StringContent(csv, Encoding.UTF8, "text/csv"));

    Task<long> CountAsync(string table) => SqlAsync<long>($"select count(*) from {table}")!;

    [Fact]
    public async Task All_rows_come_in_or_none_and_every_wrong_one_is_named()
    {
        const string Csv = "Email;Name;Stage;Value;Ask again at\r\nanna@customer.example;Anna Able;lead;1200.50;\r\nnobody;N;lead;;\r\nbob@customer.example;Bob;sold;;\r\nanna@customer.example;Again;;;\r\ncarl@customer.example;Carl;notNow;;\r\n";
        using var refused = await ImportAsync(Csv);
        Assert.Equal("import-refused", await Answers.ProblemAsync(refused, HttpStatusCode.UnprocessableEntity));
        Assert.Equal(0, await CountAsync("prospects") + await CountAsync("deals") + await CountAsync("obligations"));
        var report = await Answers.JsonAsync(await ImportAsync(Csv, "?dryRun=true"), HttpStatusCode.OK);
        Assert.Equal([(3, "email"), (4, "stage"), (5, "email"), (6, "stage")], Items(report, "errors").Select(e => ((int)e.At("row")!, e.Text("column"))));
        Assert.False((bool)report.At("imported")!);
    }

    [Fact]
    public async Task A_dry_run_says_what_the_import_then_does()
    {
        const string Csv = "email,name,phone,stage,value,contractEnd,referrer\nanna@customer.example,\"Able, Anna\",+49 30 1234,proposalSent,1200.50,2031-12-31,Olaf\nbob@customer.example,Bob,,,,,\n";
        var dry = await Answers.JsonAsync(await ImportAsync(Csv, "?dryRun=true"), HttpStatusCode.OK);
        Assert.Equal(0, await CountAsync("prospects"));
        var real = await Answers.JsonAsync(await ImportAsync(Csv), HttpStatusCode.OK);
        foreach (var figure in new[] { "rows", "prospectsAdded", "dealsAdded" })
        {
            Assert.Equal((figure, (int)dry.At(figure)!), (figure, (int)real.At(figure)!));
        }
        Assert.Equal((2, 1), ((int)real.At("prospectsAdded")!, (int)real.At("dealsAdded")!));
        var deal = Assert.Single(Items(await Rita.GetAsync("/deals"), "items"));
        Assert.Equal(("Able, Anna", "proposalSent", 1200.5m, true), (deal.Text("name"), deal.Text("stage"), (decimal)deal.At("value")!, (bool)deal.At("chasing")!));
        // Whoever came by a referral is called, and the referrer thanked.
        Assert.Equal((1, 1), (await SqlAsync<long>("select count(*) from obligations where source = 'referral'"), await SqlAsync<long>("select count(*) from obligations where source = 'thanks'")));
        // Once more changes nothing that is there.
        var again = await Answers.JsonAsync(await ImportAsync(Csv), HttpStatusCode.OK);
        Assert.Equal((2, 0, 1), ((int)again.At("prospectsUpdated")!, (int)again.At("dealsAdded")!, (int)again.At("dealsKept")!));
        Assert.Equal((2, 1, 1), (await CountAsync("prospects"), await CountAsync("deals"), await CountAsync("referrals")));
    }

    [Fact]
    public async Task A_date_without_a_stage_says_which_stage_it_is()
    {
        await Answers.JsonAsync(await ImportAsync("email,meetingAt,reviewAt,askAgainAt\na@customer.example,2031-01-07,,\nb@customer.example,2031-01-07,2031-02-07,\nc@customer.example,,,2031-03-07\nd@customer.example,,,\n"), HttpStatusCode.OK);
        Assert.Equal([("a", "meetingAgreed"), ("b", "proposalSent"), ("c", "notNow")],
            Items(await Rita.GetAsync("/deals?state=all"), "items").Select(d => (d.Text("email")[..1], d.Text("stage"))).Order());
    }

    [Fact]
    public async Task What_was_exported_can_be_imported_and_holds_no_formula()
    {
        await DealAsync("met", "anna@customer.example", 99.5m, more: new { prospect = new { email = "anna@customer.example", name = "=HYPERLINK(\"http://evil.example\")", phone = "+49 30 1" }, title = "@SUM(A1)" });
        using var answer = await Rita.SendAsync(HttpMethod.Get, "/export/prospects", null, ("Accept", "text/csv"));
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var csv = await answer.Content.ReadAsStringAsync(Ct);
        foreach (var cell in csv.TrimStart('\ufeff').Split("\r\n").Skip(1).SelectMany(l => l.Split(',')))
        {
            Assert.False(cell.TrimStart('"') is ['=' or '+' or '-' or '@' or '\t', ..], cell);
        }
        await SqlAsync<long>("delete from obligations returning 1");
        foreach (var table in new[] { "deal_moves", "deals", "follow_ups" })
        {
            await Server.Database.WriteAsync(s => s.ExecuteAsync($"delete from {table}"), Ct);
        }
        Assert.Equal(1, (int)(await Answers.JsonAsync(await ImportAsync(csv), HttpStatusCode.OK)).At("dealsAdded")!);
        var deal = Assert.Single(Items(await Rita.GetAsync("/deals"), "items"));
        Assert.Equal(("=HYPERLINK(\"http://evil.example\")", "@SUM(A1)", 99.5m, "met"), (deal.Text("name"), deal.Text("title"), (decimal)deal.At("value")!, deal.Text("stage")));
    }

    [Fact]
    public async Task Every_table_can_be_exported_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await DealAsync("lead", $"p{i}@customer.example", plan: "lead");
        }
        foreach (var table in new[] { "prospects", "deals", "moves", "plans", "planTouches", "obligations", "touches", "referrals" })
        {
            var (seen, after) = (new List<string>(), "");
            do
            {
                var page = await Rita.GetAsync($"/export/{table}?limit=2{after}");
                seen.AddRange(Items(page, "items").Select(i => i.Text("id")));
                after = page.At("next") is { } next ? "&after=" + next.GetValue<string>() : null;
            }
            while (after is not null);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal((table, table is "touches" or "referrals" ? 0 : table == "planTouches" ? 35 : table == "obligations" ? 10 : 5), (table, seen.Count));
        }
        var olga = await Server.RepClientAsync("olga@example.com");
        Assert.Empty(Items(await olga.GetAsync("/export/deals"), "items"));
    }
}

public sealed class ImportOnSqlite() : ImportTests(Engine.SqliteAsync);

public sealed class ImportOnPostgres() : ImportTests(Engine.PostgresAsync);
