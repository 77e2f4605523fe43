using System.Text.RegularExpressions;

namespace Tracker.Domain.Inbound;

/// <summary>Finds the number to call in what a prospect wrote: a line that says it is one.</summary>
public static partial class SignaturePhone
{
    /// <summary>E.164 allows 15 digits; shorter than 7 is an extension or a date.</summary>
    const int FewestDigits = 7, MostDigits = 15;

    /// <param name="newText">Without what is quoted: the rep's own number stands there.</param>
    /// <returns>As written, white space collapsed; null when no line names one.</returns>
    public static string? Find(string newText) =>
        newText.Split('\n').SelectMany(line => Labelled().Matches(line)).Select(m => m.Groups["n"].Value)
            .Select(n => string.Join(' ', n.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', '-', '/', ' ', '('))
            .FirstOrDefault(n => n.Count(char.IsAsciiDigit) is >= FewestDigits and <= MostDigits);

    // A label in front, so that order numbers and dates are none. Fax is not among them.
    [GeneratedRegex(@"(?:^|[\s|,;•·(])(?:tel|telephone|phone|ph|mobile|cell|direct|office|telefon|fon|mobil|handy|durchwahl|tél|téléphone|portable|teléfono|móvil|telefono|cellulare|cell|gsm|mob|telefoon|telemóvel|telefone|kom|mobiltelefon|t|m|p|d)\s?[.:]{1,2}\s*(?<n>\+?\(?\d[\d\s()./-]{5,24}\d)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Labelled();
}
