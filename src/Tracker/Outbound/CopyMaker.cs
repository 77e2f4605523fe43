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
        var (refused, own) = await database.ReadAsync(async s => (await Refusals.AmongAsync(s, emails), await InternalRecipients.LoadAsync(s, settings.Mail.OwnDomains)), ct);
        var options = new InstrumentOptions { PublicUrl = address.Url };
        var copies = new List<MadeCopy>();
        foreach (var recipient in mail.Recipients)
        {
            var id = CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length));
            var copy = InternalRecipients.Contains(own, recipient.Address) ? mail.Untracked(InternalRecipients.Reason)
                : refused.Contains(Emails.Key(recipient.Address)) ? mail.Untracked(Refused)
                : settings.UnknownConsent == TrackerSettings.Off ? mail.Untracked(WishUnknown)
                : mail.CopyFor(id, ring, options);
            metrics?.Copy(copy.Instrumented);
            copies.Add(new(id, recipient, copy));
        }
        return copies;
    }
}
