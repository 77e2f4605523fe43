using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Outbound.Instrumenting;
using Tracker.Outbound.Outbox;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>Mail in, copies out.</summary>
public static class MessageEndpoints
{
    /// <summary>All copies of a request together, in bytes: they are in memory at once, and so is the answer.</summary>
    const long MostCopiesBytes = 150_000_000;

    public const string MimeType = "message/rfc822", JsonType = "application/json";

    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        api.MapLinks();
        api.MapOutboundOptions();
        api.MapDeliveries();
        var group = api.MapGroup("/messages").WithTags("Messages");
        group.MapPost("", SendAsync).RequireScope(Scopes.Send).WithName("createMessage")
            .WithSummary("Makes one tracked copy per recipient")
            .WithDescription("""
                The body is a mail (`message/rfc822`) or JSON. Every recipient in To, Cc and Bcc gets a copy with tokens of their own: http(s) links in the
                HTML part become signed links, one pixel goes in, and the Bcc line goes out. A mail that cannot be tracked comes back as it was, with the reason.
                With `?deliver=true` the copies also go into the outbox, which hands each to the mail server, at once or at `?sendAt=`; 201 says that they are on disk
                here. `delivery` then says what became of each. With `Accept: message/rfc822` and exactly one recipient the answer is the tracked mail itself.

                What is put in: `?track=both|opens|clicks|off`, `?plainTextLinks=true`, `?calendarInvites=true`, `?optOutFooter=TEXT`; where the request does not
                say, the mail's `X-Track` header, then the rep's wishes (`/outbound-options`), then the settings decide. `{{opt-out}}` as the address of a link, or in
                plain text, becomes the address of the recipient's opt-out page. Each copy's `summary` is its report in one line.
                """)
            .WithMetadata(new AcceptedBodies(typeof(NewMessage), MimeType, OpenApiExamples.Mail))
            .Produces<MessageView>(201, JsonType, MimeType)
            .ProducesProblems(
                Problems.EmptyMail, Problems.NoHeaderSection, Problems.NoRecipient, Problems.InvalidJson, Problems.InvalidParameter, Problems.UnknownRep, Problems.RepNeeded,
                Problems.CannotDeliver, Problems.TooLarge, Problems.UnsupportedMediaType, Problems.NotAcceptable);
        group.MapPost("/{id}/sent", SentAsync).RequireScope(Scopes.Send).WithName("markSent")
            .WithSummary("Says when mail delivered elsewhere really went out")
            .WithDescription("Without `at`: now. The minutes after sending are when scanners fetch, so judging is better when it is known.")
            .Produces<MessageView>().ProducesProblems(Problems.NotFound, Problems.InvalidParameter, Problems.InvalidJson);
        group.MapPost("/{id}/mute", (string id, HttpContext http, Caller caller, Database database, TimeProvider time) => MuteAsync(id, true, caller, database, time, http.RequestAborted))
            .RequireScope(Scopes.Send).WithName("muteMessage").WithSummary("Hits of this message raise no more prompts")
            .Produces<MessageView>().ProducesProblems(Problems.NotFound);
        group.MapPost("/{id}/unmute", (string id, HttpContext http, Caller caller, Database database, TimeProvider time) => MuteAsync(id, false, caller, database, time, http.RequestAborted))
            .RequireScope(Scopes.Send).WithName("unmuteMessage").WithSummary("Hits of this message raise prompts again")
            .Produces<MessageView>().ProducesProblems(Problems.NotFound);
        group.MapGet("", ListAsync).RequireScope(Scopes.Read).WithName("listMessages")
            .WithSummary("Messages, newest first").WithDescription("`?metadata.NAME=VALUE` shows only messages with that metadata.")
            .Produces<Page<MessageSummary>>().ProducesProblems(Problems.InvalidParameter);
        group.MapGet("/{id}", GetAsync).RequireScope(Scopes.Read).WithName("getMessage").WithSummary("One message with its copies and links")
            .Produces<MessageView>().ProducesProblems(Problems.NotFound);
    }

    static async Task<IResult> SendAsync(
        HttpContext http, Caller caller, Database database, CopyMaker maker, KeyRing ring, PublicAddress address, Intake intake, TrackerSettings settings, TimeProvider time,
        string? rep, string? sentAt, bool? deliver, string? sendAt, bool? mime, [AsParameters] MessageWishes wishes)
    {
        var now = time.GetUtcNow();
        var due = Intake.When(deliver, sendAt, sentAt, now);
        var sent = Times.Parse("sentAt", sentAt, now);
        var asked = wishes.Checked();
        var (owner, own, before) = await database.ReadAsync(async s =>
        {
            var owner = await RepChoice.NeededAsync(s, caller, rep);
            return (owner, await RepOptions.OfAsync(s, owner.Id), await SentBefore.FindAsync(s, http));
        }, http.RequestAborted);
        var origin = before is null ? new MailOrigin(null, now) : new(before.MailMessageId, before.CreatedAt);
        var input = await MessageInput.ReadAsync(http, settings.MessageBytes, origin, due is null ? null : mail => Submission.Prepare(mail, Intake.Domain(owner.Email), origin));
        if (input.Problem is not null)
        {
            return input.Problem;
        }
        var mail = input.Mail!;
        if (due is not null && await intake.RefuseAsync(database, mail, owner, http.RequestAborted) is { } refused)
        {
            return refused;
        }
        if ((long)mail.Length * mail.Recipients.Count > MostCopiesBytes)
        {
            return Problems.TooLarge.With($"{mail.Recipients.Count} copies of {mail.Length:N0} bytes are more than {MostCopiesBytes:N0} bytes together: send to fewer recipients at a time.");
        }
        var asMime = http.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(MimeType, StringComparison.OrdinalIgnoreCase));
        if (asMime && mail.Recipients.Count != 1)
        {
            return Problems.NotAcceptable.With($"The mail has {mail.Recipients.Count} recipients, each with a copy of their own; only one can be answered as {MimeType}.");
        }
        var options = before is null ? address.Decide(asked, own, mail) : before.Options;
        var decided = OutboundOptions.Of(options);
        var withMime = !asMime && mime != false;
        var copies = before is null ? await maker.MakeAsync(mail, owner, options, http.RequestAborted) : before.Remake(mail, ring);
        copies = due is null ? copies : [.. copies.Select(c => c with { Mail = c.Mail with { Bytes = Submission.EndLine(c.Mail.Bytes) } })];
        IReadOnlyList<CopyView> views;
        long id;
        if (before is not null)
        {
            (id, now) = (before.Id, before.CreatedAt);
            views = [.. copies.Zip(before.Copies, (made, stored) => MessageStore.View(made, stored.Id, stored.ProspectId, address, options.PublicUrl))];
            views = due is null ? views : await database.ReadAsync(s => Intake.WithDeliveriesAsync(s, id, views), http.RequestAborted);
        }
        else
        {
            var row = new NewMessageRow(owner, MessageStore.Mail, mail.Subject, mail.From, mail.MessageId, mail.TextFingerprint, input.Metadata, sent, decided);
            (id, views) = await StoreAsync(http, database, maker, row, copies, address, now,
                async (s, made) => due is { } at ? await intake.QueueAsync(s, made.Id, owner, mail, copies, made.Copies, at, now) : made.Copies);
        }
        var location = $"/api/v1/messages/{Ids.Text(id)}";
        if (asMime)
        {
            http.Response.Headers.Location = location;
            http.Response.StatusCode = StatusCodes.Status201Created;
            return Results.Bytes(copies[0].Mail.Bytes, MimeType);
        }
        return new MessageAnswer(location, new MessageView(
            Ids.Text(id), owner.Email, MessageStore.Mail, mail.Subject, mail.From, now, sent, false, input.Metadata, views, Options: decided), withMime ? copies : null);
    }

    /// <param name="queue">Given the message's id and copies, puts them into the outbox where that was asked for.</param>
    static Task<(long Id, IReadOnlyList<CopyView> Copies)> StoreAsync(
        HttpContext http, Database database, CopyMaker maker, NewMessageRow row, IReadOnlyList<MadeCopy> copies, PublicAddress address, DateTimeOffset now,
        Func<Session, (long Id, IReadOnlyList<CopyView> Copies), Task<IReadOnlyList<CopyView>>> queue) =>
        database.WriteAsync(async s =>
        {
            maker.ThrowIfStopped(row.Rep, copies);
            (long Id, IReadOnlyList<CopyView> Copies) made = await MessageStore.AddAsync(s, row, copies, address, now);
            await Idempotency.MadeAsync(s, http, made.Id);
            return made with { Copies = await queue(s, made) };
        }, http.RequestAborted);

    static async Task<IResult> SentAsync(string id, HttpContext http, Caller caller, Database database, TimeProvider time, SentAt? body)
    {
        var now = time.GetUtcNow();
        var at = Times.Past("at", body?.At ?? now, now);
        return await ChangeAsync(id, "update messages set sent_at_ms = @at where id = @id", at.Ms(), caller, database, http.RequestAborted,
            s => Rejudging.AskAsync(s, Ids.Parse(id)!.Value, now));
    }

    static Task<IResult> MuteAsync(string id, bool muted, Caller caller, Database database, TimeProvider time, CancellationToken ct) => ChangeAsync(
        id, "update messages set muted_at_ms = @at where id = @id", muted ? time.GetUtcNow().Ms() : null, caller, database, ct);

    static async Task<IResult> ChangeAsync(string id, string sql, long? at, Caller caller, Database database, CancellationToken ct, Func<Session, Task>? then = null)
    {
        var view = await database.WriteAsync(async s =>
        {
            if (await MessageReader.FindAsync(s, Ids.Parse(id), caller.RepId) is null)
            {
                return null;
            }
            await s.ExecuteAsync(sql, new { id = Ids.Parse(id), at });
            await (then?.Invoke(s) ?? Task.CompletedTask);
            return await MessageReader.FindAsync(s, Ids.Parse(id), caller.RepId);
        }, ct);
        return view is null ? Problems.NoSuch("message", id) : TypedResults.Ok(view);
    }

    static async Task<IResult> ListAsync(HttpContext http, Caller caller, Database database, int? limit, string? after)
    {
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        return TypedResults.Ok(await database.ReadAsync(
            s => MessageReader.ListAsync(s, caller.RepId, MetadataFilter.Of(http.Request), most, cursor), http.RequestAborted));
    }

    static async Task<IResult> GetAsync(string id, HttpContext http, Caller caller, Database database, PublicAddress address)
    {
        var view = await database.ReadAsync(s => MessageReader.FindAsync(s, Ids.Parse(id), caller.RepId, address), http.RequestAborted);
        return view is null ? Problems.NoSuch("message", id) : TypedResults.Ok(view);
    }
}
