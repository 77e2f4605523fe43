using System.Net;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>
/// R4: every tracked link of every mail of the corpora, followed through the real server: Location is, byte for byte, the address
/// that was read from the mail (which HtmlOracleTests compares with an independent HTML parser). With TRACKER_MAIL_CORPUS set, over all of that folder.
/// </summary>
public sealed class LocationTests() : ApiContract(Engine.SqliteAsync)
{
    [Fact]
    public async Task Every_href_of_the_corpora_is_led_to_byte_for_byte()
    {
        var (mails, links) = (0, 0);
        foreach (var (name, mail) in Corpus.All())
        {
            using var made = await Rita.SendAsync(HttpMethod.Post, "/messages?mime=false", new ByteArrayContent(mail) { Headers = { ContentType = new("message/rfc822") } });
            if (made.StatusCode != HttpStatusCode.Created)
            {
                Assert.Equal(HttpStatusCode.BadRequest, made.StatusCode); // No mail, or one to nobody.
                continue;
            }
            mails++;
            var copy = System.Text.Json.Nodes.JsonNode.Parse(await made.Content.ReadAsStringAsync(Ct))!.At("copies", 0)!;
            foreach (var link in copy.At("links")!.AsArray().Where(l => l!.At("tracked")!.GetValue<bool>()))
            {
                var answer = await RawHttp.SendAsync(Server.Address, $"GET {new Uri(link!.Text("trackedUrl")).PathAndQuery} HTTP/1.1\nUser-Agent: test");
                Assert.Equal((302, link!.Text("url")), (answer.Status, answer.Header("Location")));
                links++;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"R4: {links} links of {mails} mails lead byte for byte where their author said");
        Assert.True(links > 50, $"{links} links");
    }
}
