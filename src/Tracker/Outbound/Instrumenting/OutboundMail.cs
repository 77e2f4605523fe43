using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Instrumenting;

/// <summary>One mail as the rep wrote it, from which a copy per recipient is made. Read-only and safe to use from several threads at once.</summary>
public sealed class OutboundMail
{
    readonly ReadOnlyMemory<byte> _bytes;
    readonly HeaderBlock _headers;
    readonly MailStructure? _structure;
    readonly string? _refusal;
    readonly Lazy<IReadOnlyList<BodyPart>> _bodies;
    readonly Lazy<string> _fingerprint;

    OutboundMail(ReadOnlyMemory<byte> bytes, HeaderBlock headers, IReadOnlyList<MailRecipient> recipients)
    {
        (_bytes, _headers, Recipients) = (bytes, headers, recipients);
        _structure = bytes.Length <= SkipRules.MaxSize ? MailStructure.Read(bytes) : null;
        _refusal = SkipRules.Refuse(headers, _structure, bytes.Length);
        _bodies = new(OpenBodies);
        _fingerprint = new(FingerprintText);
        var from = Instrumenting.Recipients.First(headers, "From");
        From = from is null ? null : Instrumenting.Recipients.BareAddress(from);
        FromName = from is null ? null : Instrumenting.Recipients.Name(from);
        Subject = headers.Text("Subject") ?? "";
        MessageId = headers.Text("Message-ID") is { Length: > 0 } id ? id : null;
    }

    /// <summary>Of the whole mail, in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bare address of the first sender; null when there is none.</summary>
    public string? From { get; }

    public string? FromName { get; }

    /// <summary>Decoded; empty when the mail has none.</summary>
    public string Subject { get; }

    /// <summary>As it stands in the mail, angle brackets included; null when the mail has none.</summary>
    public string? MessageId { get; }

    /// <summary>What the header <c>X-Track</c> wishes to be tracked: both, opens, clicks or off; null without the header.</summary>
    public string? TrackWish => SkipRules.Wish(_headers);

    /// <summary>At least one, each address once, in the order To, Cc, Bcc.</summary>
    public IReadOnlyList<MailRecipient> Recipients { get; }

    /// <summary>
    /// Why nothing in this mail can be instrumented with the default options; null when something may be. <see cref="InstrumentOptions.PlainTextLinks"/>
    /// and <see cref="InstrumentOptions.CalendarInvites"/> can still make a copy of it instrumented.
    /// </summary>
    public string? Untrackable => Refuse(plainText: false, calendar: false);

    /// <summary>
    /// 32 hexadecimal digits of the visible text without the recipients' names and addresses, white space, punctuation and case, so that one text sent
    /// to many people one by one ("Hi Anna," and "Hi Bob,") is known as one.
    /// </summary>
    public string TextFingerprint => _fingerprint.Value;

    /// <param name="refusal">Null when the mail is usable.</param>
    /// <param name="envelopeRecipient">Whom this mail is delivered to; a Bcc when no header names them.</param>
    /// <returns>Null when the mail is refused.</returns>
    public static OutboundMail? Read(ReadOnlyMemory<byte> bytes, out MailRefusal? refusal, string? envelopeRecipient = null)
    {
        refusal = bytes.IsEmpty ? MailRefusal.Empty : null;
        if (bytes.IsEmpty)
        {
            return null;
        }
        if (HeaderBlock.Read(bytes) is not { } headers)
        {
            refusal = MailRefusal.NoHeaderSection;
            return null;
        }
        var recipients = Instrumenting.Recipients.Of(headers, envelopeRecipient);
        if (recipients.Count == 0)
        {
            refusal = MailRefusal.NoRecipient;
            return null;
        }
        return new(bytes, headers, recipients);
    }

    /// <summary>
    /// The mail for one recipient: links and pixel carry <paramref name="copy"/>, no Bcc is left. A mail that can't be tracked comes back untouched but
    /// for the Bcc, with the reason.
    /// </summary>
    /// <exception cref="ArgumentException">The options' public address can't stand in a mail.</exception>
    public MailCopy CopyFor(CopyId copy, KeyRing ring, InstrumentOptions options)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (Refuse(options.PlainTextLinks, options.CalendarInvites) is { } refusal)
        {
            return Untracked(refusal);
        }
        return options.TracksNothing ? Untracked("tracking is off for this mail", copy, ring, options) : Make(new(copy, ring, options, WayOut, PixelRules.IsDelicate(_headers)));
    }

    MailCopy Make(Plan plan)
    {
        if (plan.Options.PlainTextLinks)
        {
            plan.Exempt = _bodies.Value.SelectMany(b => b.Html?.Links ?? []).Where(LinkRules.IsExempt).Select(l => l.Url).ToHashSet(StringComparer.Ordinal);
        }
        var made = new CopySplicer(_bytes, _structure!, Cuts, _bodies.Value).Make(plan) ?? Untracked("the copy did not read back as it should");
        return made.Instrumented || _bodies.Value.Any(b => b.IsHtml) || plan.Options.PlainTextLinks ? made : made with { Reason = SkipRules.NoHtml };
    }

    /// <summary>For recipients who are not tracked: untouched but for the Bcc and, where the mail can be changed, the opt-out placeholder, which is no tracking.</summary>
    public MailCopy Untracked(string reason, CopyId copy, KeyRing ring, InstrumentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (Refuse(plainText: true, options.CalendarInvites) is not null || !_bodies.Value.Any(b => b.HasPlaceholder))
        {
            return Untracked(reason);
        }
        var made = Make(new(copy, ring, options with { Opens = false, Clicks = false, PlainTextLinks = false, OptOutFooter = null }, WayOut, delicate: false));
        return made with { Reason = reason, Links = [.. made.Links.Select(l => l with { Reason = reason })] };
    }

    /// <summary>The mail untouched but for the Bcc.</summary>
    /// <param name="reason">Goes into the report, for the copy and for each of its links.</param>
    public MailCopy Untracked(string reason)
    {
        var links = _refusal is null ? _bodies.Value.SelectMany(b => b.Html?.Links ?? []) : [];
        return new(
            Edit.Join(Edit.Apply(_bytes, Cuts)), false, reason, null, [.. links.Select((l, i) => new LinkReport(i, l.Url, false, reason, null, HtmlEdits.Label(l)))],
            _bytes.Span.IndexOf(PlainTextScanner.Placeholder) < 0 ? [] : ["The placeholder {{opt-out}} stays as it is, because this mail is passed through untouched."]);
    }

    /// <summary>Resent-Bcc hides recipients as Bcc does.</summary>
    IReadOnlyList<Edit> Cuts => _headers.Cuts("Bcc", "Resent-Bcc");

    string WayOut => string.Concat(_headers.Values("List-Unsubscribe").Select(v => System.Text.Encoding.Latin1.GetString(v.Span)));

    string? Refuse(bool plainText, bool calendar)
    {
        if (_refusal is not null)
        {
            return _refusal;
        }
        var bodies = _bodies.Value;
        var html = bodies.Where(b => b.IsHtml).ToList();
        return !calendar && SkipRules.IsCalendar(_structure!) ? "calendar invitations are passed through untouched"
            : bodies.Count > SkipRules.MaxBodies ? $"a mail of more than {SkipRules.MaxBodies} text parts is passed through untouched"
            : bodies.Any(b => b.HasPgp) ? "PGP mail is passed through untouched"
            : bodies.Sum(b => b.Html?.Links.Count ?? (plainText ? b.TextLinks.Count : 0)) > SkipRules.MaxLinks ? $"a mail with more than {SkipRules.MaxLinks} links is passed through untouched"
            : plainText && bodies.Any(b => !b.IsHtml && b.Reason is null) ? null
            : html.Count == 0 ? (bodies.Any(b => b.HasPlaceholder) ? null : SkipRules.NoHtml)
            : html.All(b => b.Reason is not null) ? $"its HTML part is left alone: {html[0].Reason}"
            : null;
    }

    IReadOnlyList<BodyPart> OpenBodies() => 
        [.. _structure!.Parts.Where(SkipRules.IsBody).Take(SkipRules.MaxBodies + 1).Select(p => BodyPart.Open(p, _bytes))];

    string FingerprintText()
    {
        var bodies = _refusal is null ? _bodies.Value : [];
        var shown = bodies.FirstOrDefault(b => b.IsHtml && b.Charset is not null) ?? bodies.Cast<BodyPart?>().FirstOrDefault();
        return Fingerprint.Of(shown?.VisibleText ?? "", Recipients, _bytes.Span);
    }
}
