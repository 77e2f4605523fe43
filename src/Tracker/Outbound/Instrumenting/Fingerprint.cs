using System.Security.Cryptography;
using System.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Tells that mails to several people carry one text, although each is addressed by name.</summary>
static class Fingerprint
{
    // 128 bits: never two texts by accident.
    const int HexDigits = 32;

    // Mailboxes of no one in particular: their local part is a word of any text.
    static readonly HashSet<string> NoNames = ["info", "sales", "office", "mail", "contact", "hello", "team", "support", "admin", "service", "post"];

    /// <param name="text">Visible text.</param>
    /// <param name="fallback">Hashed instead when there is no visible text, so that unreadable mails are not taken for one.</param>
    /// <returns>32 lower-case hexadecimal digits.</returns>
    public static string Of(string text, IReadOnlyList<MailRecipient> recipients, ReadOnlySpan<byte> fallback)
    {
        var addresses = recipients.Select(r => r.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = recipients.SelectMany(r => Words(r.Name ?? "").Concat(LocalPart(r.Address))).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var folded = new StringBuilder(text.Length);
        foreach (var piece in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (addresses.Contains(piece.Trim('<', '>', '(', ')', ',', ';', '.', ':', '"')))
            {
                continue;
            }
            foreach (var word in Words(piece))
            {
                // A name is written with a capital; "will" and "mark" are words.
                if (char.IsLower(word[0]) || !names.Contains(word))
                {
                    folded.Append(word.ToLowerInvariant()).Append(' ');
                }
            }
        }
        var hash = folded.Length == 0 ? SHA256.HashData(fallback) : SHA256.HashData(Encoding.UTF8.GetBytes(folded.ToString()));
        return Convert.ToHexStringLower(hash)[..HexDigits];
    }

    static IEnumerable<string> LocalPart(string address) =>
        Words(address[..address.LastIndexOf('@')]).Where(w => w.Length > 2 && !NoNames.Contains(w.ToLowerInvariant()));

    static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var letter = i < text.Length && (char.IsLetterOrDigit(text[i]) || text[i] == '\'');
            if (letter && start < 0)
            {
                start = i;
            }
            else if (!letter && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }
        }
    }
}
