using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

/// <summary>A client that sends everything before it reads anything, as most do, must still get to read that it was too much.</summary>
public sealed class TooLarge(SharedSqlite shared) : IClassFixture<SharedSqlite>
{
    const long Mail = 26_000_000, Json = 2_000_000;

    [Theory]
    [InlineData("/messages", "message/rfc822", Mail, false)]
    [InlineData("/messages", "message/rfc822", Mail, true)]
    [InlineData("/messages", "message/rfc822", 2 * Mail, true)]
    [InlineData("/messages", "application/json", Mail, true)]
    [InlineData("/links", "application/json", Json, false)]
    [InlineData("/links", "application/json", Json, true)]
    [InlineData("/links", "application/json", Mail, true)]
    public async Task Is_told_over_a_bare_socket(string path, string type, long bytes, bool chunked)
    {
        foreach (var idempotency in (string[])["", "Idempotency-Key: large\n"])
        {
            var answer = await RawHttp.SendAsync(
                shared.Server.Address,
                $"POST /api/v1{path} HTTP/1.1\nAuthorization: Bearer {shared.Rita.Key}\nContent-Type: {type}\n{idempotency}" + (chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {bytes}"),
                stream => RawHttp.BlanksAsync(stream, bytes, chunked));
            Assert.Equal(413, answer.Status);
            Assert.Equal("application/problem+json", answer.Header("Content-Type"));
            Assert.Contains(Problems.TooLarge.Type, answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_told_to_an_HTTP_client(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages") { Content = new StreamContent(new MemoryStream(new byte[Mail])) };
        request.Content.Headers.ContentType = new("message/rfc822");
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = false;
        using var response = await shared.Rita.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("too-large", await Answers.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge));
        Assert.Contains("25,000,000", JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_told_to_who_stays_within()
    {
        var mail = System.Text.Encoding.ASCII.GetBytes(Mails.Proposal() + new string('x', 24_000_000));
        using var content = new ByteArrayContent(mail);
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        using var response = await shared.Rita.SendAsync(HttpMethod.Post, "/messages?mime=false", content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_ends_too_early_breaks_nothing()
    {
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(shared.Server.Address.Host, shared.Server.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(
                System.Text.Encoding.ASCII.GetBytes($"POST /api/v1/links HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shared.Rita.Key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"),
                TestContext.Current.CancellationToken);
        }
        await shared.Rita.GetAsync("/messages");
        Assert.DoesNotContain(shared.Server.Log, l => l.Contains("failed, trace", StringComparison.Ordinal));
    }
}
