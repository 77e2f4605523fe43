using System.Net;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Signing in as the page does.</summary>
public static class SignedIn
{
    /// <summary>The path of a new one-time link.</summary>
    public static Task<string> LinkAsync(this TestServer server, long? repId) =>
        server.Database.WriteAsync(s => SignIn.NewLinkAsync(s, repId, server.Time.GetUtcNow()), TestContext.Current.CancellationToken);

    public static async Task<HttpResponseMessage> UseLinkAsync(this TestServer server, string link, params (string Name, string Value)[] form) =>
        await server.Http.PostAsync(link, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))), TestContext.Current.CancellationToken);

    /// <summary>The cookie of a rep who has signed in, as name=value.</summary>
    public static async Task<string> CookieAsync(this TestServer server, long repId)
    {
        using var response = await server.UseLinkAsync(await server.LinkAsync(repId));
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public static async Task<HttpResponseMessage> WithCookieAsync(
        this TestServer server, string cookie, HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a form of a page, as the page does.</summary>
    /// <returns>The page that it is answered with, as a person reads it.</returns>
    public static async Task<(HttpStatusCode Status, string Text)> PostFormAsync(
        this TestServer server, string cookie, string path, (string Name, string Value)[] form, params (string, string)[] headers)
    {
        var token = FormToken.Of(Uri.UnescapeDataString(cookie.Split('=')[1]));
        using var response = await server.WithCookieAsync(cookie, HttpMethod.Post, path,
            new FormUrlEncodedContent([new("formToken", token), .. form.Select(f => KeyValuePair.Create(f.Name, f.Value))]), [("Sec-Fetch-Site", "same-origin"), .. headers]);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>A page of a rep who has signed in, as a person reads it.</summary>
    public static async Task<string> PageAsync(this TestServer server, string cookie, string path)
    {
        using var response = await server.WithCookieAsync(cookie, HttpMethod.Get, path);
        var text = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}\n{text}");
        return text;
    }
}
