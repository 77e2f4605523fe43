using System.Security.Cryptography;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Filter;

/// <summary>Decides what a mail becomes on its way through, and stores it when it is a rep's.</summary>
public sealed class MailFilter(Database database, CopyMaker maker, PublicAddress address, KeyRing ring, TrackerSettings settings, TimeProvider time)
{
    /// <summary>Servers a mail has been at when it is taken for a loop. RFC 5321, 6.3, would let 100 pass, Postfix 50 (hopcount_limit): the mail server's own limit still stands behind ours.</summary>
    public const int MostHops = 30;

    /// <summary>Forwarded mail may rightly come by again once or twice.</summary>
    public const int MostPasses = 3;

    /// <param name="sender">The envelope's; empty for a report.</param>
    /// <param name="recipient">The envelope's.</param>
    /// <exception cref="DatabaseNotReadyException">The database is not open yet.</exception>
    public async Task<FilteredMail> TakeAsync(ReadOnlyMemory<byte> mail, string sender, string recipient, CancellationToken ct)
    {
        if (HeaderBlock.Read(mail) is not { } headers)
        {
            return new(FilterOutcome.Unreadable, [mail]);
        }
        var passes = PassMarker.Count(ring, headers);
        if (headers.Values("Received").Count() >= MostHops || passes >= MostPasses)
        {
            return new(FilterOutcome.Loop, []);
        }
        if (!database.IsReady)
        {
            throw new DatabaseNotReadyException();
        }
        var (reps, own) = await database.ReadAsync(async s => (await Reps.ListAsync(s), await InternalRecipients.LoadAsync(s, settings.Mail.OwnDomains)), ct);
        if (RepOf(reps, headers, sender) is not { } rep)
        {
            return new(FilterOutcome.NoRep, [mail]);
        }
        if (InternalRecipients.Contains(own, recipient))
        {
            return new(FilterOutcome.Internal, [mail]);
        }
        var marker = PassMarker.Line(ring, headers);
        return passes > 0 ? new(FilterOutcome.Untracked, [marker, mail])
            : OutboundMail.Read(mail, out _, recipient) is not { } outbound ? new(FilterOutcome.Unreadable, [mail])
            : await StoreAsync(outbound, mail, ContentKey.Of(rep.Id, headers, mail), rep, recipient, marker, ct);
    }

    /// <summary>Whom the prospect sees decides; then who really sent it, for mail in a name of its own such as sales@.</summary>
    static Rep? RepOf(IReadOnlyList<Rep> reps, HeaderBlock headers, string sender)
    {
        var from = Recipients.First(headers, "From");
        return Find(from is null ? null : Recipients.BareAddress(from)) ?? Find(sender);
        Rep? Find(string? address) => address is null ? null : reps.FirstOrDefault(r => r.Email == Emails.Key(address));
    }

    async Task<FilteredMail> StoreAsync(OutboundMail mail, ReadOnlyMemory<byte> bytes, string contentKey, Rep rep, string recipient, byte[] marker, CancellationToken ct)
    {
        // Found in any case: reading with an envelope recipient puts it among the recipients.
        var addressee = mail.Recipients.First(r => Emails.Key(r.Address) == Emails.Key(recipient));
        var (known, wishes) = await database.ReadAsync(async s => (await FilterStore.CopyAsync(s, contentKey, recipient), await RepOptions.OfAsync(s, rep.Id)), ct);
        var id = known ?? CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length));
        var options = address.Decide(new(), wishes, mail);
        while (true)
        {
            var copy = await maker.MakeAsync(mail, rep, addressee, id, options, ct);
            var stored = await database.WriteAsync(s =>
            {
                maker.ThrowIfStopped(rep, [copy]);
                return FilterStore.PutAsync(s, contentKey, rep, mail, copy, address, OutboundOptions.Of(options), time.GetUtcNow());
            }, ct);
            if (stored == id)
            {
                // A mail that starts with something else than a header line has no place for another one.
                var first = bytes.Span.StartsWith("From "u8) || bytes.Span.StartsWith(">From "u8) || bytes.Span[0] == 0xEF ? [] : marker;
                return new(copy.Mail.Instrumented ? FilterOutcome.Tracked : FilterOutcome.Untracked, [first, copy.Mail.Bytes]);
            }
            id = stored;
        }
    }
}

/// <summary>The database is being opened or migrated.</summary>
public sealed class DatabaseNotReadyException() : Exception("The database is not ready yet.");
