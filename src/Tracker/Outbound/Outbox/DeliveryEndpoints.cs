using Tracker.Access;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>What became of mail in the outbox, recipient by recipient.</summary>
public static class DeliveryEndpoints
{
    public static void MapDeliveries(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/deliveries").WithTags("Deliveries");
        group.MapGet("", ListAsync).RequireScope(Scopes.Read).WithName("listDeliveries").WithSummary("Deliveries, newest first")
            .WithDescription("`?state=` is one of queued, sent, failed, cancelled, bounced. One delivery is one mail to one recipient.")
            .Produces<Page<DeliveryView>>().ProducesProblems(Problems.InvalidParameter);
        group.MapGet("/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getDelivery").WithSummary("One delivery").Produces<DeliveryView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/{id}/cancel", CancelAsync).RequireScope(Scopes.Send).WithName("cancelDelivery").WithSummary("Takes a mail back that has not been handed over")
            .Produces<DeliveryView>().ProducesProblems(Problems.NotFound, Problems.DeliveryOver);
    }

    static string Select(string where) => $"select {DeliveryRow.Columns} from deliveries d where d.kind = 'copy' and (@repId is null or d.rep_id = @repId) and {where}";

    static Task<DeliveryRow?> FindAsync(Session session, string id, long? repId) => session.FirstAsync<DeliveryRow>(Select("d.id = @id"), new { id = Ids.Parse(id) ?? 0, repId });

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, string? state, int? limit, string? after)
    {
        if (!string.IsNullOrEmpty(state) && !DeliveryStates.All.Contains(state))
        {
            return Problems.Parameter("state", state, $"one of {string.Join(", ", DeliveryStates.All)}");
        }
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var rows = await database.ReadAsync(s => s.QueryAsync<DeliveryRow>(
            Select($"d.id < @before {(string.IsNullOrEmpty(state) ? "" : "and d.state = @state")} order by d.id desc limit @limit"),
            new { repId = caller.RepId, before = cursor?.First ?? long.MaxValue, state, limit = most + 1 }), http.RequestAborted);
        return TypedResults.Ok(Paging.Of(rows, most, r => r.ToView(), r => new(r.Id)));
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database) =>
        await database.ReadAsync(s => FindAsync(s, id, caller.RepId), http.RequestAborted) is { } row ? TypedResults.Ok(row.ToView()) : Problems.NoSuch("delivery", id);

    static async Task<IResult> CancelAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return await database.WriteAsync<IResult>(async s =>
        {
            switch (await FindAsync(s, id, caller.RepId))
            {
                case null:
                    return Problems.NoSuch("delivery", id);
                case { State: not DeliveryStates.Queued } over:
                    return Problems.DeliveryOver.With($"Delivery {id} is {over.State} since {Times.Of(over.EndedAtMs):yyyy-MM-dd HH:mm} UTC.");
                case { ClaimedUntilMs: { } until } when until > now.Ms():
                    return Problems.DeliveryOver.With($"Delivery {id} is being handed over at this moment.");
                case { } row:
                    await OutboxStore.EndAsync(s, row.Id, DeliveryStates.Cancelled, row.Status, "cancelled", 0, now);
                    return TypedResults.Ok((await FindAsync(s, id, caller.RepId))!.ToView());
            }
        }, http.RequestAborted);
    }
}
