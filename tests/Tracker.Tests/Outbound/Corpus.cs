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
        var files = Directory.EnumerateFiles(Post.MailsFolder, "*.eml", SearchOption.AllDirectories);
        if (!string.IsNullOrEmpty(folder))
        {
            files = files.Concat(Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories))
                .Concat(Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories));
        }
        return files.Order(StringComparer.Ordinal).Select(f => (f, WithRecipient(File.ReadAllBytes(f))));
    }

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
