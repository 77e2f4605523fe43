using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Turns the outline of an HTML part into the edits of one copy.</summary>
static class HtmlEdits
{
    const int LongestLabel = 80;
    const string NoRoom = "its line of the mail has no room for a tracking address (998 bytes)";

    /// <summary>Addresses that stand for the recipient's opt-out page, as editors may have mangled them.</summary>
    static readonly string[] Placeholders = ["{{opt-out}}", "%7B%7Bopt-out%7D%7D"];

    public static EditedPart? Of(BodyPart part, Plan plan)
    {
        var html = part.Html!;
        var edits = Links(part, plan);
        edits.AddRange(html.Images.Where(i => i.Quoted && !plan.Options.TracksNothing && plan.Own(i.Source) is not null).Select(i => Edit.Cut(i.Start, i.End)));
        edits.Sort((a, b) => a.Start.CompareTo(b.Start));
        var fitting = WithoutMisfits(part, edits, plan);
        var withEnd = WithEnd(part, fitting, plan);
        return withEnd.Count == 0 ? null : EditedPart.Of(part, withEnd);
    }

    static List<Edit> Links(BodyPart part, Plan plan)
    {
        var edits = new List<Edit>(part.Html!.Links.Count + 1);
        // What an Outlook-only comment repeats is the same link to its reader.
        var repeats = part.Html.Links.Where(l => l.Place == LinkPlace.OutlookOnly).ToList();
        var tracked = repeats.Count == 0 ? null : new Dictionary<string, Edit>(StringComparer.Ordinal);
        var utf8 = part.Charset!.CodePage is 65001 or 20127;
        foreach (var link in part.Html.Links)
        {
            if (link.Place != LinkPlace.OutlookOnly)
            {
                Add(link, plan, utf8, edits, tracked);
            }
        }
        foreach (var link in repeats)
        {
            if (link.OptOuts.Count == 0 && tracked!.TryGetValue(link.Url, out var same))
            {
                edits.Add(same with { Start = link.Start, End = link.End });
            }
            else
            {
                plan.Track(link.Url, LinkRules.Refuse(link, plan.WayOut, plan.Options.PublicUrl, utf8), null);
                edits.AddRange(plan.Options.Clicks ? link.OptOuts : []);
            }
        }
        foreach (var link in part.Html.QuotedOutlookOnly)
        {
            if (!plan.Options.TracksNothing && plan.Own(link.Url) is { Destination: { } destination })
            {
                edits.Add(Edit.Put(link.Start, link.End, CharacterReferences.Encode(destination)));
            }
        }
        return edits;
    }

    static void Add(HtmlLink link, Plan plan, bool utf8, List<Edit> edits, Dictionary<string, Edit>? tracked)
    {
        if (IsPlaceholder(link.Url))
        {
            edits.Add(Edit.Put(link.Start, link.End, plan.OptOutUrl));
            plan.Track(plan.OptOutUrl, "it leads to the recipient's opt-out page", Label(link));
            return;
        }
        if (link.Place == LinkPlace.Quoted && !plan.Options.TracksNothing && plan.Own(link.Url) is { Destination: { } destination })
        {
            edits.Add(Edit.Put(link.Start, link.End, CharacterReferences.Encode(destination)));
            plan.Track(destination, "links inside quoted earlier mail are left alone; its old tracking was removed", Label(link));
            return;
        }
        var index = plan.Reports.Count;
        if (plan.Track(link.Url, LinkRules.Refuse(link, plan.WayOut, plan.Options.PublicUrl, utf8), Label(link), link.Honeypot.Count > 0) is { } url)
        {
            edits.AddRange(link.Honeypot);
            var edit = Edit.Put(link.Start, link.End, url, index);
            edits.Add(edit);
            tracked?.TryAdd(link.Url, edit);
        }
        else if (plan.Options.Clicks)
        {
            edits.AddRange([.. link.OptOuts, .. link.Honeypot]);
        }
    }

    public static bool IsPlaceholder(string url) => Placeholders.Any(p => url.EndsWith(p, StringComparison.OrdinalIgnoreCase)
        && url.AsSpan(0, url.Length - p.Length) is "" or "http://" or "https://");

    static List<Edit> WithoutMisfits(BodyPart part, List<Edit> edits, Plan plan)
    {
        var fits = part.Body!.Fit(edits);
        if (!fits.Contains(false))
        {
            return edits;
        }
        var misfits = edits.Where((e, i) => !fits[i] && e.Link >= 0 && !IsRepeat(part, e)).Select(e => e.Link).ToHashSet();
        foreach (var link in misfits)
        {
            plan.Untrack(link, NoRoom);
        }
        return [.. edits.Where((e, i) => fits[i] && !misfits.Contains(e.Link))];
    }

    static bool IsRepeat(BodyPart part, Edit edit) => part.Html!.Links.Any(l => l.Start == edit.Start && l.Place == LinkPlace.OutlookOnly);

    /// <summary>The edits with what is put at the end of the document: the footer, and the pixel in the first part that has room for it.</summary>
    static List<Edit> WithEnd(BodyPart part, List<Edit> edits, Plan plan)
    {
        if (part.Html!.PixelAt is not { } at || plan.HasEnd)
        {
            return edits;
        }
        var footer = plan.Options.OptOutFooter is { } text ? $"<p><a href=\"{plan.OptOutUrl}\">{string.Join(' ', text.Split(' ').Select(CharacterReferences.Encode))}</a></p>" : "";
        var pixel = plan.Options.Opens ? Pixel(part, [.. edits, Edit.Put(at, at, footer)], plan) : "";
        var index = edits.FindIndex(e => e.Start >= at) is >= 0 and var next ? next : edits.Count;
        // Inside a tag a line end is a blank like any other: with it the pixel fits where the line is nearly full.
        foreach (var end in new[] { footer + pixel, Fold(footer + pixel, part), pixel, Fold(pixel, part) }.Distinct().Where(e => e.Length > 0))
        {
            edits.Insert(index, Edit.Put(at, at, end));
            if (!part.Body!.Fit(edits).Contains(false))
            {
                (plan.HasEnd, plan.HasPixel) = (true, pixel.Length > 0);
                return edits;
            }
            edits.RemoveAt(index);
        }
        return edits;
    }

    /// <returns>Empty where it had better not stand.</returns>
    static string Pixel(BodyPart part, List<Edit> edits, Plan plan)
    {
        // Out of the flow, or the last paragraph's margin would no longer merge with the body's and the mail be some pixels taller.
        var pixel = $"<img src=\"{plan.OpenUrl}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0;position:absolute;margin:-1px 0 0\">";
        if (!plan.IsDelicate || !PixelRules.LooksLikeAPicture(part, edits, pixel.Length))
        {
            return pixel;
        }
        plan.KeptPixelBack = true;
        return "";
    }

    static string Fold(string html, BodyPart part) =>
        html.Replace("<img ", "<img" + part.Body!.NewLine, StringComparison.Ordinal).Replace("<a ", "<a" + part.Body.NewLine, StringComparison.Ordinal);

    public static string? Label(HtmlLink link)
    {
        var text = link.Text.Length > 0 ? link.Text : link.ImageText;
        return text.Length == 0 ? null : text.Length <= LongestLabel ? text : text[..(LongestLabel - 1)] + "…";
    }
}
