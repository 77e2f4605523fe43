using System.Net;
using System.Text;
using Tracker.Storage;
using Tracker.Tests.Support;
using Tracker.Web;

namespace Tracker.Tests.Api;

/// <summary>A POST whose answer a crash took: what it made is there, the repeat finds it whenever it comes, and no mail is kept for that.</summary>
public sealed class IdempotentCrash() : ApiContract(Engine.SqliteAsync)
{
    const string Json = """{"from":"rita@example.com","to":["anna@customer.example","paul@customer.example"],"subject":"Hi","html":"<a href='https://example.com/'>x</a>","text":"Secret words of the mail"}""";

    Task<HttpResponseMessage> PostAsync(string path, HttpContent body) => Rita.SendAsync(HttpMethod.Post, path, body, (Idempotency.Header, "k"));

    Task<long> CountAsync(string from) => Server.Database.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {from}"), Ct);

    // What the crash leaves: the transaction of the message is committed, the answer was never kept or sent.
    Task<int> ForgetAnswerAsync() => Server.Database.WriteAsync<int>(s => s.ExecuteAsync("update idempotent_requests set status = null, headers = null, body = null"), Ct);

    [Theory]
    [InlineData("application/json", Json)]
    [InlineData("message/rfc822", "From: rita@example.com\r\nTo: anna@customer.example\r\nSubject: Hi\r\nContent-Type: text/html\r\n\r\n<a href='https://example.com/'>x</a>Secret words of the mail")]
    public async Task A_message_is_found_again_with_the_same_answer(string type, string body)
    {
        HttpContent Content() => new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new(type) } };
        using var first = await PostAsync("/messages", Content());
        var text = await first.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await ForgetAnswerAsync();
        foreach (var wait in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromHours(10) })
        {
            Server.Time.Advance(wait);
            using var again = await PostAsync("/messages", Content());
            Assert.Equal((HttpStatusCode.Created, text), (again.StatusCode, await again.Content.ReadAsStringAsync(Ct)));
            Assert.Equal(first.Headers.Location, again.Headers.Location);
        }
        Assert.Equal(1, await CountAsync("messages"));
    }

    [Fact]
    public async Task A_link_is_found_again()
    {
        using var first = await PostAsync("/links", Answers.Json("""{"recipient":{"email":"paul@customer.example"},"url":"https://example.com/"}""")!);
        var text = await first.Content.ReadAsStringAsync(Ct);
        using var again = await PostAsync("/links", Answers.Json("""{"recipient":{"email":"paul@customer.example"},"url":"https://example.com/"}""")!);
        Assert.Equal(text, await again.Content.ReadAsStringAsync(Ct));
        // Kept in the transaction that made it: there is no moment in which one is there without the other.
        Assert.Equal((1, 1), (await CountAsync("messages"), await CountAsync("idempotent_requests where status = 201 and body is not null")));
    }

    [Fact]
    public async Task No_mail_is_kept_for_it()
    {
        using var first = await PostAsync("/messages", Answers.Json(Json)!);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(1, await CountAsync("idempotent_requests where body is null and message_id = 1"));
        await Server.Database.ReadAsync(s => s.ExecuteAsync("pragma wal_checkpoint(truncate)"), Ct);
        Assert.DoesNotContain("Secret words", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(Engine.DataFolder, "tracker.db"), Ct)), StringComparison.Ordinal);
    }
}
