using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>M6 and M8 by readers that share no code with us: Python's email package, and html5lib, which follows the standard's tree construction too.</summary>
public sealed class SecondReaderTests(ITestOutputHelper output)
{
    /// <summary>
    /// Reads NAME.before.eml and NAME.after.eml of the working folder. Subject, text parts and attachments must be equal; of HTML parts the elements and
    /// the text, but for what is tracked: NAME.links has the tracking address and the destination of each link, and the pixel's address first.
    /// </summary>
    const string Script = """
        import email, email.policy, glob, hashlib, io, sys
        import html5lib

        def parts(path):
            message = email.message_from_bytes(open(path, "rb").read())
            return message["subject"], [p for p in message.walk() if not p.is_multipart()]

        def digest(part):
            return part.get_content_type(), part.get_filename(), part["content-transfer-encoding"], hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest()

        def elements(markup, links, pixel):
            seen = []
            walker = html5lib.getTreeWalker("etree")
            for token in walker(html5lib.parse(markup.decode("latin-1"), treebuilder="etree", namespaceHTMLElements=False)):
                if token["type"] in ("StartTag", "EmptyTag", "EndTag"):
                    attributes = {name[1]: value for name, value in (token.get("data") or {}).items()} if token["type"] != "EndTag" else {}
                    if token["name"] == "img" and attributes.get("src") == pixel:
                        continue
                    attributes.pop("data-track", None)
                    if token["name"] in ("a", "area") and "href" in attributes:
                        attributes["href"] = "*"
                    seen.append((token["type"], token["name"], tuple(sorted(attributes.items()))))
                elif token["type"] in ("Characters", "SpaceCharacters"):
                    # White space after the body's end tag may come to stand elsewhere, where it shows as little; the other parser is asked about it.
                    words = " ".join(token["data"].split())
                    if words:
                        seen.append(("text", words))
            return [s for s in seen if s[0] == "text" or s[1] not in ("b", "i", "u", "font", "a", "em", "strong", "small", "big", "tt", "s", "strike", "code", "nobr")]

        count = 0
        for before in sorted(glob.glob("*.before.eml")):
            name = before[:-len(".before.eml")]
            pixel, *links = open(name + ".links").read().split("\n")
            subject, old = parts(before)
            after_subject, new = parts(name + ".after.eml")
            if subject != after_subject or len(old) != len(new):
                print(name, "subject or parts"); continue
            for was, now in zip(old, new):
                if digest(was) == digest(now):
                    continue
                if was.get_content_type() != "text/html" or digest(was)[:3] != digest(now)[:3] or was.get_content_charset() != now.get_content_charset():
                    print(name, "a part that must not change:", digest(was), digest(now)); continue
                one, two = (elements(p.get_payload(decode=True), links, pixel) for p in (was, now))
                if one != two:
                    at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
                    print(name, "HTML at", at, one[at:at + 2], two[at:at + 2])
            count += 1
        print("read", count)
        """;

    [Fact]
    public async Task M6_python_reads_the_same_mail_and_html5lib_the_same_document()
    {
        using var folder = new ScratchFolder();
        var count = 0;
        foreach (var (_, mail) in Corpus.All())
        {
            if (Tracker.Outbound.Instrumenting.OutboundMail.Read(mail, out _)?.CopyFor(Post.Copy, Post.Ring, Post.Options) is not { Instrumented: true } copy)
            {
                continue;
            }
            var name = $"{count++:00000}";
            await File.WriteAllBytesAsync(folder[name + ".before.eml"], Post.Read(mail).Untracked("").Bytes.ToArray(), TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(folder[name + ".after.eml"], copy.Bytes.ToArray(), TestContext.Current.CancellationToken);
            await File.WriteAllLinesAsync(folder[name + ".links"], [copy.OpenUrl ?? "-"], TestContext.Current.CancellationToken);
        }
        Assert.True(count > 50, $"{count} mails");
        var read = (await Tool.RunAsync("/usr/bin/python3", folder.Path, Encoding.UTF8.GetBytes(Script), "-")).Ok();
        output.WriteLine(read.Text);
        Assert.Equal($"read {count}\n", read.Text);
    }
}
