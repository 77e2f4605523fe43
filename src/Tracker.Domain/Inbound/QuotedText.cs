using System.Text.RegularExpressions;

namespace Tracker.Domain.Inbound;

/// <summary>Parts what somebody wrote from what they quote.</summary>
public static partial class QuotedText
{
    /// <summary>More is not read: an answer's own words stand at its beginning.</summary>
    const int Longest = 20_000;

    /// <returns>The lines before the first sign of a quotation; lines that are quoted one by one are left out.</returns>
    public static string NewPart(string text)
    {
        var lines = (text.Length > Longest ? text[..Longest] : text).ReplaceLineEndings("\n").Split('\n');
        var kept = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            // "On … wrote:" is often wrapped onto a second line.
            if (Begins().IsMatch(lines[i]) || (i + 1 < lines.Length && Wrote().IsMatch(lines[i] + " " + lines[i + 1]) && Leads().IsMatch(lines[i])))
            {
                break;
            }
            if (!lines[i].TrimStart().StartsWith('>'))
            {
                kept.Add(lines[i]);
            }
        }
        return string.Join('\n', kept).Trim();
    }

    [GeneratedRegex(@"^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|original-nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|wiadomość oryginalna)|_{10,}\s*$|(?:from|von|de|da|van|od|fra|från)\s?:\s.*@|(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s.{4,120}(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał\(?a?\)?|skrev)\b.*:\s*$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Begins();

    [GeneratedRegex(@"^\s*(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s.{4,200}(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał\(?a?\)?|skrev)\b.*:\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wrote();

    [GeneratedRegex(@"^\s*(?:on|am|le|el|il|op|em|den|dnia|w dniu)\s.*\d", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Leads();
}
