using Tracker.Access;
using Tracker.FollowUp.People;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Referrals;

/// <param name="Referrer">Who vouched.</param>
public sealed record NewReferral(string? Referrer, string? Note = null);

/// <param name="ContactedAt">When the one who was referred was first touched; null: owed.</param>
/// <param name="ThankedAt">When the referrer was thanked; null: owed.</param>
public sealed record ReferralView(string Id, string ProspectId, string Email, string? Name, string Referrer, string? Note, DateTimeOffset At, DateTimeOffset? ContactedAt, DateTimeOffset? ThankedAt);

public static class ReferralEndpoints
{
    public static void MapReferrals(this IEndpointRouteBuilder api)
    {
        api.MapPost("/prospects/{id}/referrals", AddAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("addReferral").WithSummary("Somebody vouched for them: a call is owed, and thanks to the referrer")
            .Produces<ReferralView>(StatusCodes.Status201Created).ProducesProblems(Problems.NotFound, Problems.InvalidJson, Problems.InvalidParameter, Problems.RepNeeded, Problems.UnknownRep);
        api.MapGet("/referrals", ListAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("listReferrals").WithSummary("Referrals, newest first").Produces<Page<ReferralView>>().ProducesProblems(Problems.InvalidParameter);
        api.MapPost("/referrals/{id}/thanked", ThankedAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("thankReferrer").WithSummary("The referrer was thanked").Produces<ReferralView>().ProducesProblems(Problems.NotFound);
    }

    sealed record Row
    {
        public long Id { get; init; }
        public long ProspectId { get; init; }
        public long RepId { get; init; }
        public string Email { get; init; } = "";
        public string? Name { get; init; }
        public string Referrer { get; init; } = "";
        public string? Note { get; init; }
        public long CreatedAtMs { get; init; }
        public long? ContactedAtMs { get; init; }
        public long? ThankedAtMs { get; init; }

        public ReferralView ToView() => new(
            Ids.Text(Id), Ids.Text(ProspectId), Email, Name, Referrer, Note, Times.Of(CreatedAtMs), Times.Of(ContactedAtMs), Times.Of(ThankedAtMs));

        public const string Select = """
            select r.id, r.prospect_id, r.rep_id, p.email, p.name, r.referrer, r.note, r.created_at_ms, r.contacted_at_ms, r.thanked_at_ms from referrals r join prospects p on p.id = r.prospect_id
            where (@repId is null or r.rep_id = @repId)
            """;
    }

    static async Task<IResult> AddAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, NewReferral body, string? rep)
    {
        var now = time.GetUtcNow();
        Texts.Line("referrer", body.Referrer);
        Texts.AtMost(5000, "note", body.Note);
        if (string.IsNullOrWhiteSpace(body.Referrer))
        {
            return Problems.Parameter("referrer", body.Referrer, "who vouched for them");
        }
        var view = await database.WriteAsync(async s =>
        {
            var person = await Person.NeededAsync(s, id, caller);
            var owner = await person.RepAsync(s, caller, rep);
            var referral = await ReferralBook.AddAsync(s, person.Id, owner, body.Referrer, body.Note, now);
            return (await s.FirstAsync<Row>(Row.Select + " and r.id = @id", new { repId = (long?)null, id = referral }))!.ToView();
        }, http.RequestAborted);
        return TypedResults.Created("/api/v1/referrals", view);
    }

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        var rows = await database.ReadAsync(s => s.QueryAsync<Row>(
            Row.Select + " and r.id < @before order by r.id desc limit @limit", new { repId = caller.RepId, before = cursor?.First ?? long.MaxValue, limit = most + 1 }), http.RequestAborted);
        return TypedResults.Ok(Paging.Of(rows, most, r => r.ToView(), r => new(r.Id)));
    }

    static async Task<IResult> ThankedAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return await database.WriteAsync<IResult>(async s =>
        {
            if (await s.FirstAsync<Row>(Row.Select + " and r.id = @id", new { repId = caller.RepId, id = Ids.Parse(id) }) is not { } row)
            {
                return Problems.NoSuch("referral", id);
            }
            await s.ExecuteAsync("update referrals set thanked_at_ms = coalesce(thanked_at_ms, @now) where id = @id", new { id = row.Id, now = now.Ms() });
            await s.ExecuteAsync("update obligations set settled_at_ms = @now, settled_by = 'thanked' where prospect_id = @prospect and source = 'thanks' and reason = @reason and settled_at_ms is null",
                new { prospect = row.ProspectId, reason = ReferralBook.Thanks(row.Referrer), now = now.Ms() });
            return TypedResults.Ok((await s.FirstAsync<Row>(Row.Select + " and r.id = @id", new { repId = (long?)null, id = row.Id }))!.ToView());
        }, http.RequestAborted);
    }
}
