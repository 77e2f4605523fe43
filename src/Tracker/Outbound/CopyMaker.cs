using System.Security.Cryptography;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>One recipient's copy, ready to be stored and sent.</summary>
public sealed record MadeCopy(CopyId Id, MailRecipient Recipient, MailCopy Mail);

/// <summary>Makes one private copy per recipient, asking each recipient's wish first.</summary>
public sealed class CopyMaker(Database database, KeyRing ring, PublicAddress address, TrackerSettings settings, TrackerMetrics? metrics = null)
{
    const string Refused = "the recipient does not want to be tracked";
    const string WishUnknown = "the recipient's wish is not known, and the setting Tracker:UnknownConsent is 'off'";

    /// <summary>Instruments outside of any transaction: a large mail must not keep other writers waiting.</summary>
    public async Task<IReadOnlyList<MadeCopy>> MakeAsync(OutboundMail mail, CancellationToken ct)
    {
        var emails = mail.Recipients.Select(r => Emails.Key(r.Address)).ToList();
        var refused = await database.ReadAsync(s => Refusals.AmongAsync(s, emails), ct);
        return [.. mail.Recipients.Select(r => Make(mail, r, CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length)), refused))];
    }

    /// <summary>One recipient's copy under an id that is given; the same id makes the same copy.</summary>
    public async Task<MadeCopy> MakeAsync(OutboundMail mail, MailRecipient recipient, CopyId id, CancellationToken ct) =>
        Make(mail, recipient, id, await database.ReadAsync(s => Refusals.AmongAsync(s, [Emails.Key(recipient.Address)]), ct));

    MadeCopy Make(OutboundMail mail, MailRecipient recipient, CopyId id, IReadOnlySet<string> refused)
    {
        var copy = refused.Contains(Emails.Key(recipient.Address)) ? mail.Untracked(Refused)
            : settings.UnknownConsent == TrackerSettings.Off ? mail.Untracked(WishUnknown)
            : mail.CopyFor(id, ring, new() { PublicUrl = address.Url });
        metrics?.Copy(copy.Instrumented);
        return new(id, recipient, copy);
    }
}
