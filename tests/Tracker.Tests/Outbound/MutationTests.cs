using System.Text;
using Tracker.Outbound.Instrumenting;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>M4 and M10: no mail, however broken, is lost, throws, or costs more than its share.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    /// <summary>The most that one mail may cost.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>All that is allocated, in bytes, which is more than is ever in memory at once.</summary>
    const long Most = 256L << 20;

    // Debug builds on a busy machine; the promised figure is for a release build.
    const int Patience = 4;

    static readonly InstrumentOptions All = Post.Options with { PlainTextLinks = true, CalendarInvites = true, OptOutFooter = "x" };

    static readonly byte[][] Mails = [.. Corpus.Committed().Select(m => m.Mail).Where(m => m.Length < 40_000)];

    /// <summary>
    /// Seeds 0 to 99,999 with <c>./test --long</c>, the promised number; a failure names its seed. The benchmark "mutated" runs the same ones in a release
    /// build against the promised figures.
    /// </summary>
    [Fact]
    public void Mutated_mail_comes_out_whole()
    {
        var failed = new System.Collections.Concurrent.ConcurrentDictionary<int, string>();
        Parallel.For(0, Signals.Long.Run ? 100_000 : 4000, new() { MaxDegreeOfParallelism = 2 }, seed =>
        {
            var mail = Mutations.Make(Mails, seed);
            var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now);
            try
            {
                if (OutboundMail.Read(mail, out _) is not { } read)
                {
                    return;
                }
                var copy = read.CopyFor(Post.Copy, Post.Ring, All);
                _ = read.TextFingerprint;
                Assert.True(ThreadTime.Now - began < Longest * Patience && GC.GetAllocatedBytesForCurrentThread() - before < Most);
                // Whatever was not understood went out as it came, but for the Bcc.
                Assert.True(copy.Instrumented || IsUntouched(copy, read) || IsUntouched(read.CopyFor(Post.Copy, Post.Ring, All with { OptOutFooter = null }), read));
            }
            catch (Exception e)
            {
                failed[seed] = e.ToString();
            }
        });
        Assert.True(failed.IsEmpty, $"{failed.Count} seeds failed, such as {failed.FirstOrDefault()}");
    }

    /// <summary>
    /// But for our own mark on links that are not to be followed, which is taken out of every copy, and the address of the opt-out page, in clear. In base64 a footer alone, where
    /// the pixel had better not stand, does not show it.
    /// </summary>
    static bool IsUntouched(MailCopy copy, OutboundMail read) =>
        Unmarked(copy).AsSpan().SequenceEqual(Unmarked(read.Untracked(""))) || copy.Text().Contains("/u/", StringComparison.Ordinal);

    static string Unmarked(MailCopy copy) => System.Text.Encoding.Latin1.GetString(copy.Bytes.Span).Replace("data-track=\"off\" ", "", StringComparison.Ordinal);

    public static TheoryData<string> Monsters => new(
        "nested multiparts", "nested messages", "many headers", "many recipients", "many parts", "many related parts", "long line", "long html line", "one long link", "open brackets",
        "open comments", "open scripts", "many attributes", "many images", "many entities", "nested quotes", "soft breaks", "base64", "many links in text", "open quotes", "long part header");

    [Theory]
    [MemberData(nameof(Monsters))]
    public void A_monster_costs_no_more_than_its_share(string name)
    {
        var mail = Monster(name);
        Assert.True(mail.Length <= SkipRules.MaxSize, $"{mail.Length} bytes");
        var (before, began) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime.Now);
        var read = OutboundMail.Read(mail, out _);
        var copy = read?.CopyFor(Post.Copy, Post.Ring, All);
        _ = read?.TextFingerprint;
        var (time, memory) = (ThreadTime.Now - began, GC.GetAllocatedBytesForCurrentThread() - before);
        output.WriteLine($"{name}: {mail.Length / 1e6:0.0} MB, {time.TotalSeconds:0.00} s, {memory / 1e6:0} MB allocated, {copy?.Reason}");
        Assert.True(time < Longest * Patience, $"{time.TotalSeconds:0.0} s");
        Assert.True(memory < Most, $"{memory / 1e6:0} MB");
    }

    static byte[] Monster(string name)
    {
        const string To = "To: a@example.com\n";
        const string HtmlHead = To + "Content-Type: text/html\n\n";
        static string Fill(string piece, int megabytes = 20) => string.Concat(Enumerable.Repeat(piece, megabytes * 1_000_000 / piece.Length));
        var multipart = "Content-Type: multipart/{0}; boundary=b\n\n";
        return Encoding.Latin1.GetBytes(name switch
        {
            "nested multiparts" => To + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")) + "Content-Type: text/html\n\nx",
            "nested messages" => To + string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\n\n", 10_000)) + "Content-Type: text/html\n\nx",
            "many headers" => To + string.Concat(Enumerable.Repeat("X-A: b\n", 1_000_000)) + "Content-Type: text/html\n\nx",
            "many recipients" => "To: " + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"u{i}@h.example,\n ")) + "\nContent-Type: text/html\n\nx",
            "many parts" => To + multipart.Replace("{0}", "mixed", StringComparison.Ordinal) + Fill("--b\nContent-Type: text/html\n\n<p>x\n"),
            "many related parts" => To + multipart.Replace("{0}", "related", StringComparison.Ordinal) + Fill("--b\nContent-Type: text/html\n\n<p>x\n"),
            "long line" => To + "\n" + Fill("x"),
            "long html line" => HtmlHead + Fill("<p><a href=\"https://h.example/\">x</a>", 0) + Fill("x"),
            "one long link" => HtmlHead + "<a href=\"https://h.example/" + Fill("x") + "\">t</a>",
            "open brackets" => To + "\nhttps://h.example/" + Fill(")"),
            "open comments" => HtmlHead + Fill("<!--[if <a href=x>"),
            "open scripts" => HtmlHead + Fill("<script><!--<script>"),
            "many attributes" => HtmlHead + "<a " + Fill("a=b ") + ">",
            "many images" => HtmlHead + Fill("<img src=\"https://h.example/o/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.gif\">\n"),
            "many entities" => HtmlHead + "<a href=\"" + Fill("&amp;&notit;&#1;") + "\">" + Fill("&amp;&notit;&#1;", 4),
            "nested quotes" => HtmlHead + Fill("<div class=gmail_quote><blockquote type=cite>\n"),
            "soft breaks" => To + "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<a href=\"https://h.example/\">t</a>" + Fill("=\n"),
            "base64" => To + "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + Fill("PHA+PGI+\n"),
            "many links in text" => To + "\n" + Fill("https://h.example/o/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "),
            "long part header" => To + multipart.Replace("{0}", "mixed", StringComparison.Ordinal) + "--b\nX-A: " + Fill("x\n "),
            "open quotes" => HtmlHead + Fill("<a href=\""),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        });
    }
}
