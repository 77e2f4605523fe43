using System.Net;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>Who goes to an address with a browser reads what is wrong and what to do; programs get the same as problem+json.</summary>
public sealed class ProblemPageTests() : ApiContract(Engine.SqliteAsync)
{
    const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    async Task<(HttpStatusCode Status, string Type, string Text)> AskAsync(string path, string accept, HttpContent? content = null)
    {
        var cookie = await Server.CookieAsync(1);
        using var answer = await Server.WithCookieAsync(cookie, content is null ? HttpMethod.Get : HttpMethod.Post, path, content, ("Accept", accept), ("Sec-Fetch-Site", "same-origin"));
        return (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType!, await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task An_address_that_is_none_is_a_page_for_a_person_and_a_document_for_a_program()
    {
        var (status, type, text) = await AskAsync("/nothing/%3Cscript%3E", Browser);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (status, type));
        Assert.Contains("There is nothing at /nothing/%3Cscript%3E.", text, StringComparison.Ordinal);
        Assert.Contains("href=\"/\"", text, StringComparison.Ordinal);
        foreach (var (path, accept) in new[] { ("/nothing", "*/*"), ("/nothing", "application/json"), ("/api/v1/nothing", Browser) })
        {
            var document = await AskAsync(path, accept);
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (document.Status, document.Type));
        }
    }

    [Fact]
    public async Task A_form_that_is_refused_says_so_on_a_page()
    {
        var (status, type, text) = await AskAsync("/prospects", Browser, new FormUrlEncodedContent([new("formToken", "none"), new("email", "new@customer.example")]));
        Assert.Equal((HttpStatusCode.Forbidden, "text/html"), (status, type));
        Assert.Contains("Back to Now", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_inside_is_told_without_what_it_was()
    {
        await Server.Database.WriteAsync(s => s.ExecuteAsync("alter table prompts rename to prompts_away"), Ct);
        var (status, type, text) = await AskAsync("/", Browser);
        Assert.Equal((HttpStatusCode.InternalServerError, "text/html"), (status, type));
        Assert.Contains("Tracker failed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("prompts", text, StringComparison.Ordinal);
    }
}
