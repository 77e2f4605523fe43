namespace Tracker.Outbound.Instrumenting;

/// <summary>Links of a plain-text part: tracked when the options say so, and always freed of old tokens where earlier mail is quoted.</summary>
static class PlainTextEdits
{
    const string NoRoom = "its line of the mail has no room for a tracking address (998 bytes)";
    const string Placeholder = "{{opt-out}}";

    public static EditedPart? Of(BodyPart part, Plan plan)
    {
        var edits = new List<Edit>();
        foreach (var link in part.TextLinks)
        {
            var url = Url(part, link);
            if (url == Placeholder)
            {
                edits.Add(Edit.Put(link.Start, link.End, plan.OptOutUrl));
            }
            else if (!plan.Options.TracksNothing && plan.Own(url) is { } old)
            {
                // Only in a quotation: elsewhere it would have stopped the whole mail. A destination outside ASCII would put 8-bit bytes into 7-bit text.
                var free = old.Destination is { } destination && System.Text.Ascii.IsValid(destination) ? destination : null;
                edits.AddRange(free is null ? [] : [Edit.Put(link.Start, link.End, free)]);
            }
            else if (plan.Options.PlainTextLinks)
            {
                var index = plan.Reports.Count;
                var refusal = link.Quoted ? "links inside quoted earlier mail are left alone"
                    : LinkRules.RefuseUrl(url, plan.WayOut)
                    ?? (plan.Exempt.Contains(url) ? "the HTML asks not to track this link" : null)
                    ?? (LinkRules.SaysWayOut(Around(part, link)) ? "unsubscribe links are left alone" : null);
                if (plan.Track(url, refusal, null) is { } tracked)
                {
                    edits.Add(Edit.Put(link.Start, link.End, tracked, index));
                }
            }
        }
        return edits.Count == 0 ? null : EditedPart.Of(part, Fitting(part, edits, plan));
    }

    public static bool IsTrackedAlready(BodyPart part, Plan plan) =>
        part.TextLinks.Any(l => !l.Quoted && plan.Own(Url(part, l)) is not null);

    /// <summary>What stands before the address on its line, or on the last line of text above where the address has a line of its own.</summary>
    static string Around(BodyPart part, PlainTextLink link)
    {
        const int Enough = 200;
        var before = part.Body!.Text.Span[Math.Max(0, link.Start - Enough)..link.Start];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        if (line.Trim(" \t<"u8).IsEmpty)
        {
            before = before[..^line.Length].TrimEnd("\r\n"u8);
            line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        }
        return part.Charset!.GetString(line);
    }

    static string Url(BodyPart part, PlainTextLink link) => part.Charset!.GetString(part.Body!.Text.Span[link.Start..link.End]);

    static List<Edit> Fitting(BodyPart part, List<Edit> edits, Plan plan)
    {
        var fits = part.Body!.Fit(edits);
        foreach (var edit in edits.Where((e, i) => !fits[i] && e.Link >= 0))
        {
            plan.Untrack(edit.Link, NoRoom);
        }
        return [.. edits.Where((_, i) => fits[i])];
    }
}
