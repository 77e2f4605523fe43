using System.Text;

namespace Tracker.Tests.Inbound;

/// <summary>Mails of many systems, written by hand from the formats that docs/sources-mail.md lists, with the sent mail's own facts filled in.</summary>
static class Sample
{
    static string Folder => Path.Combine(AppContext.BaseDirectory, "Inbound", "Samples");

    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.eml").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    public static byte[] Fill(string name, SentMail sent, string from = "", string n = "1")
    {
        var text = File.ReadAllText(Path.Combine(Folder, name + ".eml"));
        foreach (var (mark, value) in new[]
        {
            ("recipient", from.Length > 0 ? from : sent.Recipient), ("sender", sent.Sender), ("subject", sent.Subject), ("message-id", sent.MessageId), ("click", sent.Click), ("envelope", sent.EnvelopeId),
            ("click-wrapped", string.Join("\r\n", sent.Click.Chunk(60).Select(c => "> " + new string(c)))), ("n", n),
        })
        {
            text = text.Replace("{{" + mark + "}}", value, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }
}

/// <summary>What somebody who got a copy knows of it.</summary>
public sealed record SentMail(string Sender, string Recipient, string Subject, string MessageId, string Click, string EnvelopeId, string CopyId, string ProspectId);
