using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Touches;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Banks;

/// <param name="Topic">Of reasons: newPrice, newProduct, interest, proof, season, budget or your own; of answers: the objection; of openings: the fact they are made of.</param>
public sealed record BankInput(string? Topic, string? Text);

/// <param name="Shipped">Came with the program.</param>
/// <param name="Used">In how many touches.</param>
/// <param name="Worked">Of answers: how often it worked.</param>
public sealed record BankView(string Id, string Bank, string Topic, string Text, bool Shipped, long Used, long Worked)
{
    public static BankView Of(BankRow r) => new(Ids.Text(r.Id), r.Bank, r.Topic, r.Text, r.Shipped != 0, r.Used, r.Worked);
}

public static class BankEndpoints
{
    public static void MapBanks(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/banks/{bank}").WithTags("Follow-up");
        group.MapGet("", ListAsync).RequireScope(Scopes.Read).WithName("listBank").WithSummary("A bank of texts: reasons, answers, openings or overrides").Produces<Page<BankView>>().ProducesProblems(Problems.InvalidParameter);
        group.MapPost("", AddAsync).RequireScope(Scopes.Send).WithName("addToBank").WithSummary("Adds a text to a bank").Produces<BankView>(StatusCodes.Status201Created).ProducesProblems(Problems.InvalidJson, Problems.InvalidParameter);
        group.MapPut("/{id}", ChangeAsync).RequireScope(Scopes.Send).WithName("changeInBank").WithSummary("Changes a text of a bank").Produces<BankView>().ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        group.MapDelete("/{id}", RetireAsync).RequireScope(Scopes.Send).WithName("retireFromBank").WithSummary("Takes a text out of use; what it was used for stays").Produces<BankView>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter);
    }

    static async Task<IResult> ListAsync(string bank, HttpContext http, Database database, TimeProvider time)
    {
        TouchInput.OneOf("bank", bank, ShippedBanks.Names);
        var rows = await database.ReadAsync(s => BankBook.ListAsync(s, bank), http.RequestAborted);
        if (!rows.Any(r => r.Shipped != 0))
        {
            rows = await database.WriteAsync(async s =>
            {
                await BankBook.SeedAsync(s, time.GetUtcNow());
                return await BankBook.ListAsync(s, bank);
            }, http.RequestAborted);
        }
        return TypedResults.Ok(new Page<BankView>([.. rows.Select(BankView.Of)], null));
    }

    static async Task<IResult> AddAsync(string bank, HttpContext http, Database database, TimeProvider time, BankInput body)
    {
        var (topic, text) = Checked(bank, body);
        var view = await database.WriteAsync(async s =>
        {
            await BankBook.SeedAsync(s, time.GetUtcNow());
            // One that was retired comes back.
            var id = await s.ScalarAsync<long>("""
                insert into bank_entries (bank, topic, text, created_at_ms) values (@bank, @topic, @text, @now)
                on conflict (bank, text) do update set topic = excluded.topic, retired_at_ms = null returning id
                """, new { bank, topic, text, now = time.GetUtcNow().Ms() });
            return BankView.Of((await BankBook.FindAsync(s, bank, id))!);
        }, http.RequestAborted);
        return TypedResults.Created($"/api/v1/banks/{bank}", view);
    }

    static async Task<IResult> ChangeAsync(string bank, string id, HttpContext http, Database database, TimeProvider time, BankInput body)
    {
        var (topic, text) = Checked(bank, body);
        return await WithAsync(bank, id, http, database, time, async (s, row) =>
        {
            if (await s.ScalarAsync<long>("select count(*) from bank_entries where bank = @bank and text = @text and id <> @id", new { bank, text, id = row.Id }) > 0)
            {
                throw new ProblemException(Problems.Parameter("text", text, "a text that the bank does not have yet"));
            }
            await s.ExecuteAsync("update bank_entries set topic = @topic, text = @text where id = @id", new { id = row.Id, topic, text });
            return (await BankBook.FindAsync(s, bank, row.Id))!;
        });
    }

    static Task<IResult> RetireAsync(string bank, string id, HttpContext http, Database database, TimeProvider time)
    {
        TouchInput.OneOf("bank", bank, ShippedBanks.Names);
        return WithAsync(bank, id, http, database, time, async (s, row) =>
        {
            await s.ExecuteAsync("update bank_entries set retired_at_ms = @now where id = @id", new { id = row.Id, now = time.GetUtcNow().Ms() });
            return row;
        });
    }

    static async Task<IResult> WithAsync(string bank, string id, HttpContext http, Database database, TimeProvider time, Func<Session, BankRow, Task<BankRow>> change) => await database.WriteAsync<IResult>(async s =>
    {
        await BankBook.SeedAsync(s, time.GetUtcNow());
        return await BankBook.FindAsync(s, bank, Ids.Parse(id)) is { } row ? TypedResults.Ok(BankView.Of(await change(s, row))) : Problems.NoSuch($"text in the bank of {bank}", id);
    }, http.RequestAborted);

    static (string Topic, string Text) Checked(string bank, BankInput body)
    {
        TouchInput.OneOf("bank", bank, ShippedBanks.Names);
        Texts.Line("topic", body.Topic);
        Texts.Line("text", body.Text);
        if (string.IsNullOrWhiteSpace(body.Text) || string.IsNullOrWhiteSpace(body.Topic))
        {
            throw new ProblemException(Problems.Parameter(string.IsNullOrWhiteSpace(body.Text) ? "text" : "topic", "", "one line"));
        }
        if (bank == ShippedBanks.Answers)
        {
            TouchInput.OneOf("topic", body.Topic, ShippedBanks.Objections);
        }
        if (bank == ShippedBanks.Openings && OpeningLines.WhyNot(body.Text) is { } why)
        {
            throw new ProblemException(Problems.Parameter("text", body.Text, "an opening that does not say that we watch. " + why));
        }
        if (bank == ShippedBanks.Reasons && ReasonRules.IsCheckIn(TouchKind.Call, body.Text))
        {
            throw new ProblemException(Problems.Parameter("text", body.Text, "a reason that has something in it for them"));
        }
        return (body.Topic.Trim(), body.Text.Trim());
    }
}
