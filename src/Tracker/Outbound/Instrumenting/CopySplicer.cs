namespace Tracker.Outbound.Instrumenting;

/// <summary>Makes one copy of a mail from its opened parts: plans the edits, splices them in, reads the result back.</summary>
sealed class CopySplicer(ReadOnlyMemory<byte> mail, MailStructure structure, IReadOnlyList<Edit> cuts, IReadOnlyList<BodyPart> bodies)
{
    /// <summary>Gmail shows so many bytes of a mail's HTML and hides the rest behind a link (reported by many senders, documented by none).</summary>
    const int GmailClip = 102 * 1024;

    /// <returns>Null when the finished copy does not read back as planned.</returns>
    public MailCopy? Make(Plan plan)
    {
        if (IsTrackedAlready(plan))
        {
            return Pass(plan, "the mail is tracked already");
        }
        var edited = new List<EditedPart>();
        foreach (var body in bodies.Where(b => b.Reason is null))
        {
            var part = body.IsHtml ? HtmlEdits.Of(body, plan) : PlainTextEdits.Of(body, plan);
            if (part is not null)
            {
                edited.Add(part);
            }
        }
        var copy = Splice(edited);
        if (!Recheck.Passes(mail, structure, copy, cuts, edited))
        {
            return null;
        }
        Warn(plan, edited);
        var instrumented = plan.HasPixel || plan.Reports.Any(r => r.Tracked);
        var reason = instrumented ? null
            : plan.KeptPixelBack ? "a pixel might cost it the inbox (see the warnings), and it has no link to track"
            : plan.Options.Opens || plan.Options.Clicks ? "there is nothing in it to track" : "tracking is off for this mail";
        return new(copy, instrumented, reason, plan.HasPixel ? plan.OpenUrl : null, plan.Reports, plan.Warnings);
    }

    /// <summary>
    /// Our own valid token outside a quotation: this mail has been here before. Plain text is asked only where no HTML has a token in a quotation, since many
    /// programs quote in it without a mark.
    /// </summary>
    bool IsTrackedAlready(Plan plan) => bodies.Any(b => b.Html is { } html && HasToken(html, quoted: false, plan))
        || (bodies.Any(b => !b.IsHtml && b.Reason is null && PlainTextEdits.IsTrackedAlready(b, plan)) && !bodies.Any(b => b.Html is { } html && HasToken(html, quoted: true, plan)));

    static bool HasToken(HtmlOutline html, bool quoted, Plan plan) =>
        html.Links.Any(l => (l.Place is LinkPlace.Quoted) == quoted && plan.Own(l.Url) is not null) || html.Images.Any(i => i.Quoted == quoted && plan.Own(i.Source) is not null);

    byte[] Splice(List<EditedPart> edited)
    {
        var replaced = edited.Select(e => (e.Part.Part.Body, e.Part.Part.End, e.Encoded));
        var pieces = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        foreach (var (start, end, with) in cuts.Select(c => (c.Start, c.End, new List<ReadOnlyMemory<byte>>())).Concat(replaced))
        {
            pieces.Add(mail[at..start]);
            pieces.AddRange(with);
            at = end;
        }
        pieces.Add(mail[at..]);
        return Edit.Join(pieces);
    }

    MailCopy Pass(Plan plan, string reason) => new(
        Splice([]), false, reason, null,
        [.. bodies.SelectMany(b => b.Html?.Links ?? []).Select((l, i) => new LinkReport(i, l.Url, false, reason, null, HtmlEdits.Label(l)))], plan.Warnings);

    void Warn(Plan plan, List<EditedPart> edited)
    {
        if (plan.KeptPixelBack && !plan.HasPixel)
        {
            plan.Warn("No pixel: a spam filter takes short HTML with a picture for nothing but a picture, and this mail comes through a list. The header X-Track: both puts it in all the same.");
        }
        else if (plan.Options.Opens && !plan.HasPixel)
        {
            plan.Warn("There is no place for a pixel in this mail, so opens are not seen.");
        }
        foreach (var body in bodies.Where(b => b.IsHtml && b.Reason is not null))
        {
            plan.Warn($"One HTML part is left alone: {body.Reason}.");
        }
        if (edited.Any(e => e.Part.IsHtml && e.Part.Body!.Text.Length + e.Edits.Sum(d => d.Text.Length - (d.End - d.Start)) > GmailClip))
        {
            plan.Warn("The HTML is longer than 102 KB: Gmail hides the end, and with it the pixel.");
        }
    }
}
