using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>Tracked links for pasting by hand; and what becomes of links that are out.</summary>
public static class LinkEndpoints
{
    public static void MapLinks(this IEndpointRouteBuilder api)
    {
        api.MapSwitches();
        api.MapPost("/links", CreateAsync).WithTags("Messages")
            .RequireScope(Scopes.Send).WithName("createLink").WithSummary("A tracked link for one prospect, for pasting by hand")
            .WithDescription("`trackedUrl` goes where the address would; `openUrl` is a 1×1 image that may go beside it.")
            .Produces<NewLinkView>(201)
            .ProducesProblems(Problems.InvalidJson, Problems.InvalidParameter, Problems.CannotTrack, Problems.UnknownRep, Problems.RepNeeded);
    }

    static async Task<IResult> CreateAsync(
        HttpContext http, Caller caller, Database database, KeyRing ring, PublicAddress address, TrackerSettings settings, CopyMaker maker, TimeProvider time, NewLink body, string? rep)
    {
        if (Emails.Parse(body.Recipient?.Email) is not { } email)
        {
            return Problems.Parameter("recipient.email", body.Recipient?.Email, "one bare address such as anna@example.com");
        }
        if (body.Url is not { Length: > 0 } url || !Destinations.IsAllowed(url))
        {
            return Problems.CannotTrack.With("'url' must be an absolute http or https address without spaces.");
        }
        Texts.Line("recipient.name", body.Recipient!.Name);
        Texts.Line("recipient.phone", body.Recipient.Phone);
        Texts.Line("label", body.Label);
        var now = time.GetUtcNow();
        var metadata = MetadataFilter.Check(body.Metadata);
        var id = CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length));
        var owner = await database.ReadAsync(s => RepChoice.NeededAsync(s, caller, rep), http.RequestAborted);
        var host = address.Decide(new(), await database.ReadAsync(s => RepOptions.OfAsync(s, owner.Id), http.RequestAborted), owner.Email).PublicUrl;
        if (!address.TryClick(id, 0, url, host, out var tracked))
        {
            return Problems.CannotTrack.With($"'url' is too long: tracked, it would exceed {TokenCodec.MaxLinkLength} characters.");
        }
        var link = new LinkReport(0, url, true, null, tracked, body.Label);
        var copy = new MadeCopy(id, new(email, body.Recipient.Name, RecipientField.To), new(default, true, null, address.Open(id, host), [link], []));
        var result = await database.WriteAsync(async s =>
        {
            if (settings.UnknownConsent == TrackerSettings.Off || (await Refusals.AmongAsync(s, [email])).Count > 0)
            {
                return null;
            }
            maker.ThrowIfStopped(owner, [copy]);
            await ProspectBook.PutAsync(s, new(email, body.Recipient.Name, body.Recipient.Phone), owner.Id, now);
            var message = new NewMessageRow(owner, MessageStore.Link, body.Label ?? url, null, null, "", metadata, null, new() { TrackingUrl = host });
            var (messageId, copies) = await MessageStore.AddAsync(s, message, [copy], address, now);
            var view = new NewLinkView(copies[0].Id, Ids.Text(messageId), link.TrackedUrl!, copy.Mail.OpenUrl!);
            await Idempotency.KeepAsync(s, http, StatusCodes.Status201Created, Location(view), view);
            return view;
        }, http.RequestAborted);
        return result is null
            ? Problems.CannotTrack.With($"{email} does not want to be tracked, or their wish is not known and Tracker:UnknownConsent is 'off'.")
            : TypedResults.Created(Location(result), result);
    }

    static string Location(NewLinkView link) => $"/api/v1/messages/{link.MessageId}";
}
