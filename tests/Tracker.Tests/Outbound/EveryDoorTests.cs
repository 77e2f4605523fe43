using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>M1 through the doors by which mail comes in: with tracking off, bytes out are bytes in.</summary>
public sealed class EveryDoorTests : CommandTests
{
    static IEnumerable<(string Name, byte[] Mail)> Readable(int step) =>
        Corpus.All().Where(m => Tracker.Outbound.Instrumenting.OutboundMail.Read(m.Mail, out _) is not null).Where((_, i) => i % step == 0);

    [Fact]
    public async Task M1_through_rest()
    {
        await using var engine = await Engine.SqliteAsync();
        await using var server = await TestServer.StartAsync(engine, null, ("Tracker:Api:RequestsPerMinute", "1000000"));
        var rita = await server.RepClientAsync();
        var count = 0;
        foreach (var (name, mail) in Readable(1))
        {
            using var content = new ByteArrayContent(mail);
            content.Headers.ContentType = new("message/rfc822");
            var answer = await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/messages?track=off", content), System.Net.HttpStatusCode.Created);
            var expected = Post.Read(mail).Untracked("").Bytes;
            Assert.All(answer["copies"]!.AsArray(), copy => Assert.True(expected.Span.SequenceEqual(Convert.FromBase64String(copy!.Text("mime"))), name));
            count++;
        }
        Assert.True(count > 1000, $"{count} mails");
    }

    [Fact]
    public async Task M1_through_the_command_line()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        foreach (var (name, mail) in Readable(Signals.Long.Run ? 60 : 250))
        {
            await File.WriteAllBytesAsync(Path.Combine(Folder, "in.eml"), mail, TestContext.Current.CancellationToken);
            var ended = await RunAsync("instrument", "in.eml", "--rep", "rita@example.com", "--track", "off", "--out", "copies");
            Assert.True(ended.Code == 0, $"{name}: {ended.Error}");
            Assert.All(Directory.GetFiles(Path.Combine(Folder, "copies")), path => Assert.True(Post.Read(mail).Untracked("").Bytes.Span.SequenceEqual(File.ReadAllBytes(path)), name));
            Directory.Delete(Path.Combine(Folder, "copies"), recursive: true);
        }
    }
}
