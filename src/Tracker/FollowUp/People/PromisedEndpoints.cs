using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Plans;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.People;

/// <param name="After">Id of the item that has to come before this one.</param>
public sealed record NewItem(string? Name, string? After = null);

/// <param name="Waits">True while the item that has to come before it is open.</param>
public sealed record ItemView(string Id, string Name, string? After, bool Waits, DateTimeOffset PromisedAt, DateTimeOffset? ReceivedAt);

/// <summary>The checklist of what they promised to send.</summary>
public static class PromisedEndpoints
{
    public static void MapPromised(this IEndpointRouteBuilder api)
    {
        api.MapGet("/prospects/{id}/items", ListAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("listItems").WithSummary("What they promised to send: the checklist").Produces<Page<ItemView>>().ProducesProblems(Problems.NotFound);
        api.MapPost("/prospects/{id}/items", AddAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("addItem").WithSummary("Adds a promised item").Produces<ItemView>(StatusCodes.Status201Created)
            .ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter);
        api.MapPost("/prospects/{id}/items/{itemId}/received", ReceivedAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("receiveItem").WithSummary("A promised item came")
            .WithDescription("With the last one the plan that asks for them ends, and confirming them is owed.").Produces<ItemView>().ProducesProblems(Problems.NotFound);
    }

    sealed record Row
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public long? AfterId { get; init; }
        public long Waits { get; init; }
        public long PromisedAtMs { get; init; }
        public long? ReceivedAtMs { get; init; }

        public ItemView ToView() => new(Ids.Text(Id), Name, AfterId is { } a ? Ids.Text(a) : null, Waits != 0, Times.Of(PromisedAtMs), Times.Of(ReceivedAtMs));
    }

    static Task<IReadOnlyList<Row>> OfAsync(Session session, long prospectId) => session.QueryAsync<Row>("""
        select i.id, i.name, i.after_id, case when b.id is not null and b.received_at_ms is null then 1 else 0 end as waits, i.promised_at_ms, i.received_at_ms
        from promised_items i left join promised_items b on b.id = i.after_id where i.prospect_id = @prospectId order by i.id
        """, new { prospectId });

    static async Task<IResult> ListAsync(string id, HttpContext http, Caller caller, Database database) => TypedResults.Ok(new Page<ItemView>(
        [.. (await database.ReadAsync(async s => await OfAsync(s, (await Person.NeededAsync(s, id, caller)).Id), http.RequestAborted)).Select(r => r.ToView())], null));

    static async Task<IResult> AddAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, NewItem body)
    {
        Texts.Line("name", body.Name);
        if (string.IsNullOrWhiteSpace(body.Name))
        {
            return Problems.Parameter("name", body.Name, "what they promised to send");
        }
        var view = await database.WriteAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            if (body.After is { } after && (await OfAsync(s, person.Id)).All(r => Ids.Text(r.Id) != after))
            {
                throw new ProblemException(Problems.Parameter("after", after, "the id of another item of this prospect"));
            }
            var item = await s.ScalarAsync<long>(
                "insert into promised_items (prospect_id, name, after_id, promised_at_ms) values (@id, @name, @after, @now) returning id",
                new { id = person.Id, name = body.Name, after = body.After is null ? null : Ids.Parse(body.After), now = time.GetUtcNow().Ms() });
            return (await OfAsync(s, person.Id)).Single(r => r.Id == item).ToView();
        }, http.RequestAborted);
        return TypedResults.Created($"/api/v1/prospects/{id}/items", view);
    }

    static async Task<IResult> ReceivedAsync(string id, string itemId, HttpContext http, Caller caller, Database database, TimeProvider time) => await database.WriteAsync<IResult>(async s =>
    {
        var person = await Person.NeededAsync(s, id, caller);
        var now = time.GetUtcNow();
        await s.ExecuteAsync("update promised_items set received_at_ms = coalesce(received_at_ms, @now) where id = @item and prospect_id = @id", new { id = person.Id, item = Ids.Parse(itemId), now = now.Ms() });
        var items = await OfAsync(s, person.Id);
        if (items.FirstOrDefault(r => r.Id == Ids.Parse(itemId)) is not { } row)
        {
            return Problems.NoSuch("promised item", itemId);
        }
        if (items.All(i => i.ReceivedAtMs is not null))
        {
            await AllCameAsync(s, person.Id, now);
        }
        return TypedResults.Ok(row.ToView());
    }, http.RequestAborted);

    /// <summary>Nobody is asked again for what is there: the plan that asks ends, and what is owed now is to say that it came.</summary>
    static async Task AllCameAsync(Session session, long prospectId, DateTimeOffset now)
    {
        foreach (var plan in (await PlanRow.OfProspectAsync(session, prospectId, null)).Where(p => p.State != "ended" && p.Template == PlanTemplates.AwaitingItems))
        {
            await PlanBook.EndAsync(session, prospectId, plan.RepId, "the items came", now);
            await Obligations.AddOnceAsync(session, new(prospectId, plan.RepId, null, "email", "confirm what came, and say what happens next", await PlanCalendar.DayAfterAsync(session, prospectId, plan.RepId, "email", now, 1)) { DealId = plan.DealId }, now);
        }
    }
}
