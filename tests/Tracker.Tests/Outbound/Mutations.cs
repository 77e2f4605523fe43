using System.Text;

namespace Tracker.Tests.Outbound;

/// <summary>Mails broken by chance, always the same one for a seed.</summary>
static class Mutations
{
    const int MostChanges = 12, LongestPiece = 200;

    static readonly string[] Pieces =
    [
        "\n", "\r\n", "\r", "\n\n", "\0", "=", "=\n", "=3D", "--", "--b\n", "<", ">", "\"", "'", "&", "&#", "<!--", "-->", "<a href=", "</body>", "<svg>", "<style>", "\x1b$B", "ÿ",
        "Content-Type: text/html\n", "Content-Type: multipart/mixed; boundary=b\n", "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n",
        "Bcc: x@example.com\n", "Content-Type: message/rfc822\n\n", "charset=utf-16", "boundary=\"", "=?utf-8?q?=", " ", "\t", ";", ":", "https://h.example/", "> ", "{{opt-out}}",
        "<!--[if mso]>", "<![endif]-->", "<blockquote type=cite>", " data-track=off", "Unsubscribe: ", "==",
    ];

    public static byte[] Make(IReadOnlyList<byte[]> mails, int seed)
    {
        var chance = new Random(seed);
        var mail = mails[chance.Next(mails.Count)];
        for (var changes = chance.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            mail = Change(mail, chance);
        }
        return mail;
    }

    static byte[] Change(byte[] mail, Random chance)
    {
        var at = chance.Next(mail.Length + 1);
        var end = Math.Min(mail.Length, at + chance.Next(LongestPiece + 1));
        var bit = 1 << chance.Next(8);
        return chance.Next(4) switch
        {
            0 => [.. mail[..at], .. Encoding.Latin1.GetBytes(Pieces[chance.Next(Pieces.Length)]), .. mail[at..]],
            1 => [.. mail[..at], .. mail[end..]],
            2 => [.. mail[..end], .. mail[at..]],
            _ => [.. mail[..at], .. mail[at..end].Select(b => (byte)(b ^ bit)), .. mail[end..]],
        };
    }
}
