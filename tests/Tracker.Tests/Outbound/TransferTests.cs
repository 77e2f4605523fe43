using System.Text;
using CsCheck;
using MimeKit;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Tests.Outbound;

public sealed class TransferTests
{
    const string Head = "To: a@example.com\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: ";

    [Fact]
    public void Quoted_printable_changes_only_the_lines_with_an_edit()
    {
        var mail = Post.Mail(Head + """
            quoted-printable

            <p>Gr=C3=BC=C3=9Fe, this line stays as odd=20
            as it =
            is.</p>
            <p><a style=3D"color:red" href=3D"https://h.example/a?b=3D1&amp;c=
            =3D2">here</a> and the rest of this line, which is moved down a line</p>
            <p>last =3d line</p>

            """);
        var copy = Post.Send(mail);
        var lines = copy.Text().Split("\r\n");
        Assert.Contains("<p>Gr=C3=BC=C3=9Fe, this line stays as odd=20", lines);
        Assert.Contains("as it =", lines);
        Assert.Contains("\">here</a> and the rest of this line, which is moved down a line</p>", lines);
        Assert.Contains("<p>last =3d line</p>", lines);
        Assert.All(lines, l => Assert.True(l.Length <= 76, l));
        Assert.Equal("https://h.example/a?b=1&c=2", Post.Destination(copy.Links[0].TrackedUrl));
        Assert.Contains($"href=\"{copy.Links[0].TrackedUrl}\">here", Decode(copy), StringComparison.Ordinal);
    }

    [Fact]
    public void Base64_keeps_its_width_and_everything_before_the_first_edit()
    {
        var html = $"<p>{new string('x', 200)}</p><a href=\"https://h.example/\">t</a>";
        var lines = Convert.ToBase64String(Encoding.ASCII.GetBytes(html)).Chunk(60).Select(c => new string(c)).ToList();
        var copy = Post.Send(Encoding.ASCII.GetBytes(Head + "base64\n\n" + string.Join('\n', lines) + "\n\n"));
        var after = copy.Text().Split("\n\n", 2)[1].TrimEnd('\n').Split('\n');
        Assert.Equal(lines[..4], after[..4]);
        Assert.All(after[..^1], l => Assert.Equal(60, l.Length));
        Assert.EndsWith("\n\n", copy.Text(), StringComparison.Ordinal);
        Assert.Contains(copy.Links[0].TrackedUrl!, Decode(copy), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("base64", "PHA+PC9wPg==PHA+")]
    [InlineData("base64", "PHA+#PC9wPg==")]
    [InlineData("x-unknown", "<p>x</p>")]
    [InlineData("uuencode", "begin 644 x\n#86)C\n`\nend")]
    public void What_decoders_disagree_on_is_left_alone(string encoding, string body)
    {
        var mail = Post.Mail(Head + encoding + "\n\n" + body + "\n");
        var copy = Post.Send(mail);
        Assert.Equal("its HTML part is left alone: its transfer encoding is unknown or broken", copy.Reason);
        Assert.Equal(mail, copy.Bytes.ToArray());
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-7")]
    [InlineData("iso-2022-jp")]
    [InlineData("hz-gb-2312")]
    [InlineData("ibm037")]
    [InlineData("x-mac-klingon")]
    public void Character_sets_in_which_bytes_are_not_ascii_are_left_alone(string charset)
    {
        var copy = Post.Send(Post.Mail($"To: a@example.com\nContent-Type: text/html; charset={charset}\n\n<a href=\"https://h.example/\">t</a>"));
        Assert.StartsWith("its HTML part is left alone: its character set", copy.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shift_jis", "83 5C 3C 61 20 68 72 65 66")]
    [InlineData("gb18030", "81 30 81 30")]
    [InlineData("big5", "A5 5C")]
    [InlineData("koi8-r", "C1 C2")]
    public void Bytes_of_other_character_sets_stay_as_they_are(string charset, string odd)
    {
        var bytes = Convert.FromHexString(odd.Replace(" ", "", StringComparison.Ordinal));
        byte[] mail = [.. Post.Mail($"To: a@example.com\nContent-Type: text/html; charset={charset}\n\n"), .. bytes, .. "<a href=\"https://h.example/\">t</a>"u8, .. bytes];
        var copy = Post.Send(mail);
        Assert.True(copy.Links[^1].Tracked);
        Assert.Equal(2, Encoding.Latin1.GetString(copy.Bytes.Span).Split(Encoding.Latin1.GetString(bytes)).Length - 1);
    }

    [Fact]
    public void A_link_or_pixel_that_would_make_a_line_too_long_stays_out()
    {
        var filler = new string('x', 780);
        var copy = Post.Send(Post.Html($"<p>{filler}<a href=\"https://h.example/1\">a</a><a href=\"https://h.example/2\">b</a><a href=\"https://h.example/3\">c</a>"));
        Assert.Equal([true, false, false], copy.Links.Select(l => l.Tracked));
        Assert.Contains("998", copy.Links[1].Reason, StringComparison.Ordinal);
        Assert.NotNull(copy.OpenUrl);
        Assert.All(copy.Text().Split("\r\n"), l => Assert.True(l.Length <= 998));
        // The pixel found room by a line end inside its tag, of the mail's own kind.
        Assert.Contains("<img\r\nsrc=", Post.Send(Post.Html($"{new string('x', 950)}</body>")).Text(), StringComparison.Ordinal);
        Assert.Equal(["There is no place for a pixel in this mail, so opens are not seen."], Post.Send(Post.Html(new string('x', 2000) + "</body>")).Warnings);
    }

    [Fact]
    public void Any_edit_of_any_text_survives_every_encoding() =>
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, 400], Gen.Int[0, 60], Gen.Char.AlphaNumeric.Array[0, 300], Gen.Bool).Sample((text, start, length, put, crlf) =>
        {
            var (from, to) = (Math.Min(start, text.Length), Math.Min(start + length, text.Length));
            Edit[] edits = from < to ? [Edit.Put(from, to, new string(put))] : [];
            var newline = crlf ? "\r\n" : "\n";
            foreach (var (encoding, encoded) in new[] { ("base64", Base64(text, newline)), ("quoted-printable", QuotedPrintable(text, newline)) })
            {
                var mail = Encoding.Latin1.GetBytes($"To: a@b.example{newline}Content-Type: text/html{newline}Content-Transfer-Encoding: {encoding}{newline}{newline}{encoded}");
                var part = MailStructure.Read(mail)!.Parts[0];
                var body = PartBody.Open(part, mail, out var reason);
                Assert.True(body is not null, reason);
                Assert.True(body.Text.Span.SequenceEqual(text));
                var spliced = Edit.Join([mail.AsMemory(0, part.Body), .. body.Splice(edits)]);
                var now = MailStructure.Read(spliced)!.Parts[0];
                var again = spliced.AsSpan()[now.Body..now.End];
                Assert.True(Same.Decoded(now.Encoding!.Value, again, Edit.Apply(text, edits)), "by MimeKit");
                Assert.True(body.Decodes(again, Edit.Apply(text, edits)), "by ourselves");
                Assert.All(Encoding.Latin1.GetString(spliced)[part.Body..].Split(newline), l => Assert.True(l.Length <= 76, l));
            }
        });

    static string Base64(byte[] text, string newline) => string.Join(newline, Convert.ToBase64String(text).Chunk(76).Select(c => new string(c)));

    static string QuotedPrintable(byte[] text, string newline)
    {
        var encoded = new StringBuilder();
        var column = 0;
        foreach (var b in text)
        {
            var unit = b is > 32 and < 127 and not (byte)'=' ? ((char)b).ToString() : $"={b:X2}";
            if (column + unit.Length > 75)
            {
                encoded.Append('=').Append(newline);
                column = 0;
            }
            encoded.Append(unit);
            column += unit.Length;
        }
        return encoded.ToString();
    }

    static string Decode(MailCopy copy) => Assert.IsType<TextPart>(MimeMessage.Load(new MemoryStream(copy.Bytes.ToArray())).Body).Text;
}
