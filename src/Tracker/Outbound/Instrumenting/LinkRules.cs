using System.Buffers;
using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Why a link is not tracked. The order is the order in which reasons are given.</summary>
static class LinkRules
{
    // Words of eleven languages by which senders name the way out of a mailing, in addresses and in visible text.
    static readonly SearchValues<string> WaysOut = SearchValues.Create(
    [
        "unsubscribe", "opt-out", "optout", "opt_out", "opt out", "list-manage.com/unsub", "manage preferences", "email-preferences", "abmelden",
        "abbestellen", "austragen", "desinscri", "darse de baja",
        "disiscriv", "annulla iscrizione", "uitschrijven", "afmelden", "avregistrera", "avmeld", "afmeld",
    ], StringComparison.OrdinalIgnoreCase);

    // Apart, because a search for letters beyond ASCII is several times slower, and most text has none.
    static readonly SearchValues<string> WaysOutBeyondAscii = SearchValues.Create(
        ["désinscri", "se désabonner", "cancelar la suscripción", "cancelar suscripción", "cancelar inscrição", "wypisz się"], StringComparison.OrdinalIgnoreCase);

    /// <param name="wayOut">Addresses that the List-Unsubscribe header names.</param>
    /// <param name="publicUrl">Where the tracker is reached.</param>
    /// <param name="utf8">False when the document is in another character set.</param>
    /// <returns>Null when the link may be tracked.</returns>
    public static string? Refuse(HtmlLink link, string wayOut, string publicUrl, bool utf8) =>
        link.Place switch
        {
            LinkPlace.Quoted => "links inside quoted earlier mail are left alone",
            LinkPlace.Drawing => "links inside drawings are left alone",
            LinkPlace.OutlookOnly => "links that only Outlook shows are left alone unless they repeat another link",
            _ => null,
        }
        ?? RefuseUrl(link.Url, wayOut)
        ?? (link.OptOuts.Count > 0 ? "the author asks not to track this link" : null)
        ?? (SaysWayOut(link.Text) || SaysWayOut(link.ImageText) ? "unsubscribe links are left alone" : null)
        ?? (VisibleHost.IsAnotherThan(publicUrl, link.Text, link.Url) ? "its visible text names a host, and a link that leads elsewhere looks like phishing" : null)
        ?? (!utf8 && HasForeignQuery(link.Url) ? "its query has letters that browsers send in the character set of the page" : null);

    /// <summary>The rules that need only the address, which plain text has too.</summary>
    public static string? RefuseUrl(string url, string wayOut)
    {
        if (url.Length == 0 || url[0] is '#')
        {
            return "links within the mail are left alone";
        }
        var scheme = Scheme(url);
        if (scheme is null)
        {
            return "relative links are left alone";
        }
        if (!scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && !scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
        {
            return $"{scheme.ToLowerInvariant()}: links are left alone";
        }
        return !Destinations.IsAllowed(url) ? "it is not an absolute http or https address that can be redirected to"
            : SaysWayOut(url) || (url.Length > "https://".Length && wayOut.Contains(url, StringComparison.Ordinal)) ? "unsubscribe links are left alone"
            : null;
    }

    /// <returns>Null for an address without one, such as "page.html", "//host/" or "?q=a:b".</returns>
    static string? Scheme(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(SchemeLetters) < 0 ? url[..colon] : null;
    }

    static readonly SearchValues<char> SchemeLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>True when the author or the visible text says of this link that it must lead straight there.</summary>
    public static bool IsExempt(HtmlLink link) => link.OptOuts.Count > 0 || SaysWayOut(link.Text) || SaysWayOut(link.ImageText);

    public static bool SaysWayOut(string text) => text.AsSpan().ContainsAny(WaysOut) || (!System.Text.Ascii.IsValid(text) && text.AsSpan().ContainsAny(WaysOutBeyondAscii));

    static bool HasForeignQuery(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        return query >= 0 && !System.Text.Ascii.IsValid(url.AsSpan(query));
    }
}
