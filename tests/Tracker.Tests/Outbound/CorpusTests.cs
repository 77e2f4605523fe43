using System.Text;
using MimeKit;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

/// <summary>The promises M1, M2, M4 and M6 to M9 over every real mail at hand; the ids are those of the requirements.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    /// <summary>Every mail with its tracked copy; one that is refused must have no header section or be empty.</summary>
    static IEnumerable<(string Name, byte[] Mail, MailCopy Copy)> Copies()
    {
        foreach (var (name, bytes) in Corpus.All())
        {
            if (OutboundMail.Read(bytes, out var refusal) is { } mail)
            {
                yield return (name, bytes, mail.CopyFor(Post.Copy, Post.Ring, Post.Options));
            }
            else
            {
                Assert.True(refusal is MailRefusal.NoHeaderSection or MailRefusal.Empty, $"{name}: {refusal}");
            }
        }
    }

    static IEnumerable<(string Name, byte[] Mail, MailCopy Copy)> Instrumented() => Copies().Where(c => c.Copy.Instrumented);

    [Fact]
    public void M1_and_M3_what_is_not_tracked_goes_out_as_it_came()
    {
        foreach (var (name, bytes, copy) in Copies())
        {
            var expected = WithoutBcc(bytes);
            Assert.True(expected.AsSpan().SequenceEqual(Post.Read(bytes).Untracked("off").Bytes.Span), name);
            Assert.True(copy.Instrumented || expected.AsSpan().SequenceEqual(copy.Bytes.Span), name);
            Assert.NotEqual(copy.Instrumented, copy.Reason is not null);
        }
    }

    [Fact]
    public void M2_undoing_the_edits_gives_the_original_bytes()
    {
        foreach (var (name, mail, copy) in Instrumented())
        {
            var bytes = WithoutBcc(mail);
            var (old, now) = (Leaves(bytes), Leaves(copy.Bytes.ToArray()));
            Assert.Equal(old.Count, now.Count);
            var (wasAt, isAt) = (0, 0);
            var links = new Queue<string>(copy.Links.Where(l => l.Tracked).Select(l => l.TrackedUrl!));
            foreach (var (was, becomes) in old.Zip(now))
            {
                // Everything between the bodies, and every body but the HTML, byte for byte.
                Assert.True(bytes.AsSpan(wasAt, was.Start - wasAt).SequenceEqual(copy.Bytes.Span[isAt..becomes.Start]), name);
                if (!bytes.AsSpan(was.Start, was.End - was.Start).SequenceEqual(copy.Bytes.Span[becomes.Start..becomes.End]))
                {
                    Assert.Equal("text/html", was.Part.ContentType.MimeType, ignoreCase: true);
                    Undo.AssertEditsOnly(Decoded(was.Part), Decoded(becomes.Part), links, copy.OpenUrl, name);
                }
                (wasAt, isAt) = (was.End, becomes.End);
            }
            Assert.Empty(links);
            Assert.True(bytes.AsSpan(wasAt).SequenceEqual(copy.Bytes.Span[isAt..]), name);
        }
    }

    [Fact]
    public void M6_MimeKit_reads_the_same_mail_but_for_the_html()
    {
        foreach (var (name, bytes, copy) in Instrumented())
        {
            Assert.True(Read(bytes).SequenceEqual(Read(copy.Bytes.ToArray())), name);
        }

        static IEnumerable<string> Read(byte[] mail)
        {
            var message = MimeMessage.Load(new MemoryStream(mail));
            return [message.Subject ?? "", message.TextBody ?? "",
                .. message.BodyParts.OfType<MimePart>().Where(p => !p.ContentType.IsMimeType("text", "html")).Select(p => p.FileName + p.ContentType + Decoded(p))];
        }
    }

    [Fact]
    public void M7_no_line_grows_past_998_and_seven_bit_stays_seven_bit()
    {
        foreach (var (name, bytes, copy) in Instrumented())
        {
            // Fewer, where an address had letters beyond ASCII.
            Assert.True(copy.Bytes.ToArray().Count(b => b > 0x7F) <= bytes.Count(b => b > 0x7F), name);
            Assert.True(LongLines(bytes).SequenceEqual(LongLines(copy.Bytes.ToArray())), name);
            // Line ends are the mail's own: no bare LF comes into CR LF mail, no CR LF into LF mail.
            Assert.Equal(Kinds(bytes), Kinds(copy.Bytes.ToArray()));
        }

        static IEnumerable<int> LongLines(byte[] mail) => Encoding.Latin1.GetString(mail).Split('\n').Select(l => l.TrimEnd('\r').Length).Where(l => l > 998);

        static (bool CrLf, bool Lf) Kinds(byte[] mail)
        {
            var text = Encoding.Latin1.GetString(mail);
            return (text.Contains("\r\n", StringComparison.Ordinal), text.Replace("\r\n", "", StringComparison.Ordinal).Contains('\n', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void M8_another_parser_sees_the_same_document_but_for_hrefs_and_one_image()
    {
        foreach (var (name, bytes, copy) in Instrumented())
        {
            var pairs = Leaves(bytes).Zip(Leaves(copy.Bytes.ToArray())).Select(p => (Was: Decoded(p.First.Part), Is: Decoded(p.Second.Part))).Where(p => p.Was != p.Is).ToList();
            foreach (var (was, becomes) in pairs)
            {
                var pixelHere = becomes.Contains(copy.OpenUrl ?? "\0", StringComparison.Ordinal);
                Dom.AssertSameButForTracking(was, becomes, pixelHere ? copy : copy with { OpenUrl = null }, name);
            }
        }
    }

    [Fact]
    public void M9_a_mail_that_passes_twice_is_tracked_once()
    {
        foreach (var (name, _, copy) in Instrumented())
        {
            var again = Post.Send(copy.Bytes.ToArray());
            Assert.True(!again.Instrumented && again.Bytes.Span.SequenceEqual(copy.Bytes.Span), name);
        }
    }

    [Fact]
    public void Every_mail_is_passed_on_and_says_what_became_of_it()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, _, copy) in Copies())
        {
            Count(copy.Reason ?? "instrumented");
            foreach (var warning in copy.Instrumented ? copy.Warnings : [])
            {
                Count("warning: " + warning);
            }
            foreach (var link in copy.Instrumented ? copy.Links : [])
            {
                Assert.NotEqual(link.Tracked, link.Reason is not null);
                Count("link: " + (link.Reason ?? "tracked"));
            }
        }
        Assert.DoesNotContain("the copy did not read back as it should", counts.Keys);
        Assert.True(counts["instrumented"] > 0);
        output.WriteLine(string.Join('\n', counts.Select(c => $"{c.Value,6}  {c.Key}")));

        void Count(string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>By lines, unlike the code under test.</summary>
    static byte[] WithoutBcc(byte[] mail)
    {
        var lines = Encoding.Latin1.GetString(mail).Split('\n');
        var kept = new List<string>();
        var (header, cutting) = (true, false);
        foreach (var line in lines)
        {
            header &= line.TrimEnd('\r').Length > 0;
            cutting = header && (line[0] is ' ' or '\t' ? cutting : line.StartsWith("bcc:", StringComparison.OrdinalIgnoreCase));
            if (!cutting)
            {
                kept.Add(line);
            }
        }
        return Encoding.Latin1.GetBytes(string.Join('\n', kept));
    }

    static List<(MimePart Part, int Start, int End)> Leaves(byte[] mail)
    {
        var leaves = new List<(MimePart, int, int)>();
        var parser = new MimeParser(new MemoryStream(mail), MimeFormat.Entity);
        parser.MimeEntityEnd += (_, e) =>
        {
            if (e.Entity is MimePart part)
            {
                leaves.Add((part, (int)e.HeadersEndOffset, (int)e.EndOffset));
            }
        };
        parser.ParseMessage();
        return leaves;
    }

    static string Decoded(MimePart part)
    {
        using var text = new MemoryStream();
        part.Content?.DecodeTo(text);
        return Encoding.Latin1.GetString(text.ToArray());
    }
}
