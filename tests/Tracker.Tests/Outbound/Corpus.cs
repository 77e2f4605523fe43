using System.Text;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>
/// Real mails: the committed handful, and those that <c>./test</c> installs (TRACKER_TEST_MAILS), each made to name a recipient, because what is tested
/// here is its body. The normal run takes every so many of them, always the same; <c>./test --long</c> takes all.
/// </summary>
static class Corpus
{
    const string ExtraRecipient = "To: someone@corpus.example\n";

    /// <summary>Of a normal run.</summary>
    const int SampleStep = 5;

    public static IEnumerable<(string Name, byte[] Mail)> All() => Committed().Concat(Signals.Long.Run ? Installed() : Installed().Where((_, i) => i % SampleStep == 0));

    public static IEnumerable<(string Name, byte[] Mail)> Committed() => Under(Post.MailsFolder, "*.eml");

    /// <summary>SpamAssassin's and CPython's, in one order everywhere.</summary>
    public static IEnumerable<(string Name, byte[] Mail)> Installed() => Folders.SelectMany(f => Under(f, "*.txt").Concat(Under(f, "*.eml")));

    public static IReadOnlyList<string> Folders
    {
        get
        {
            var folders = Environment.GetEnvironmentVariable("TRACKER_TEST_MAILS") ?? "";
            Assert.SkipWhen(folders.Length == 0, "No mails are installed; ./test does it.");
            return folders.Split(':', StringSplitOptions.RemoveEmptyEntries);
        }
    }

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
