using System.Security.Cryptography;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>One recipient's copy, ready to be stored and sent.</summary>
public sealed record MadeCopy(CopyId Id, MailRecipient Recipient, MailCopy Mail);

/// <summary>Makes one private copy per recipient, asking each recipient's wish first.</summary>
public sealed class CopyMaker(Database database, KeyRing ring, TrackerSettings settings, LinkSwitches switches, TrackerMetrics? metrics = null)
{
    const string Refused = "the recipient does not want to be tracked";
    const string Stopped = "the links of this rep are stopped";
    const string WishUnknown = "the recipient's wish is not known, and the setting Tracker:UnknownConsent is 'off'";

    /// <summary>Instruments outside of any transaction: a large mail must not keep other writers waiting.</summary>
    /// <param name="options">From <see cref="PublicAddress.Decide"/>.</param>
    public async Task<IReadOnlyList<MadeCopy>> MakeAsync(OutboundMail mail, Rep rep, InstrumentOptions options, CancellationToken ct)
    {
        var emails = mail.Recipients.Select(r => Emails.Key(r.Address)).ToList();
        var (refused, own) = await WishesAsync(emails, ct);
        return [.. mail.Recipients.Select(r => Make(mail, rep, r, CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length)), options, refused, own))];
    }

    /// <summary>One recipient's copy under an id that is given; the same id and options make the same copy.</summary>
    public async Task<MadeCopy> MakeAsync(OutboundMail mail, Rep rep, MailRecipient recipient, CopyId id, InstrumentOptions options, CancellationToken ct)
    {
        var (refused, own) = await WishesAsync([Emails.Key(recipient.Address)], ct);
        return Make(mail, rep, recipient, id, options, refused, own);
    }

    Task<(IReadOnlySet<string> Refused, IReadOnlySet<string> Own)> WishesAsync(IReadOnlyList<string> emails, CancellationToken ct) =>
        database.ReadAsync(async s => ((IReadOnlySet<string>)await Refusals.AmongAsync(s, emails), await InternalRecipients.LoadAsync(s, settings.Mail.OwnDomains)), ct);

    MadeCopy Make(OutboundMail mail, Rep rep, MailRecipient recipient, CopyId id, InstrumentOptions options, IReadOnlySet<string> refused, IReadOnlySet<string> own)
    {
        var copy = InternalRecipients.Contains(own, recipient.Address) ? mail.Untracked(InternalRecipients.Reason, id, ring, options)
            : switches.IsStopped(rep.Email) ? mail.Untracked(Stopped, id, ring, options)
            : refused.Contains(Emails.Key(recipient.Address)) ? mail.Untracked(Refused, id, ring, options)
            : settings.UnknownConsent == TrackerSettings.Off ? mail.Untracked(WishUnknown, id, ring, options)
            : mail.CopyFor(id, ring, options);
        metrics?.Copy(copy.Instrumented);
        return new(id, recipient, copy);
    }

    /// <summary>For inside the transaction that stores them: whoever stops a rep reads that rep's copies after it, so none may slip in between.</summary>
    /// <exception cref="ProblemException">The rep's links were stopped since the copies were made.</exception>
    public void ThrowIfStopped(Rep rep, IReadOnlyList<MadeCopy> copies)
    {
        if (copies.Any(c => c.Mail.Instrumented) && switches.IsStopped(rep.Email))
        {
            throw new ProblemException(Problems.CannotTrack.With($"The links of {rep.Email} were stopped this moment. Sent again, the mail goes out untracked."));
        }
    }
}
