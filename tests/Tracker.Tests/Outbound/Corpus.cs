using System.Text;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>
/// Real mails. The committed handful always; with TRACKER_MAIL_CORPUS naming a folder, every *.txt and *.eml below it. A mail without recipient
/// gets one put in front, because what is tested here is its body.
/// </summary>
static class Corpus
{
    const string ExtraRecipient = "To: someone@corpus.example\n";

    public static IEnumerable<(string Name, byte[] Mail)> All()
    {
        var folder = Environment.GetEnvironmentVariable("TRACKER_MAIL_CORPUS");
        return string.IsNullOrEmpty(folder) ? Committed() : Committed().Concat(Under(folder, "*.txt")).Concat(Under(folder, "*.eml"));
    }

    public static IEnumerable<(string Name, byte[] Mail)> Committed() => Under(Post.MailsFolder, "*.eml");

    static IEnumerable<(string Name, byte[] Mail)> Under(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (f, WithRecipient(File.ReadAllBytes(f))));

    public static byte[] WithRecipient(byte[] mail)
    {
        if (OutboundMail.Read(mail, out var refusal) is not null || refusal != MailRefusal.NoRecipient)
        {
            return mail;
        }
        var at = mail.AsSpan().StartsWith("From "u8) || mail.AsSpan().StartsWith(">From "u8) ? mail.AsSpan().IndexOf((byte)'\n') + 1 : 0;
        return [.. mail[..at], .. Encoding.ASCII.GetBytes(ExtraRecipient), .. mail[at..]];
    }
}
