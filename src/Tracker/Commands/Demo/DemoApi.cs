using System.Net.Http.Headers;
using System.Text.Json;
using Tracker.Web;

namespace Tracker.Commands.Demo;

/// <summary>Talks to the server as a program with a key does, and as visitors do.</summary>
sealed class DemoApi : IDisposable
{
    readonly HttpClient _programs;

    // Redirects are not followed: what counts is that the link was asked for.
    readonly HttpClient _visitors = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public DemoApi(string address, string key)
    {
        _programs = new() { BaseAddress = new(address + "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        _programs.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var response = await _programs.GetAsync(path, ct);
        return await ReadAsync(response, ct);
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: ApiJson.Options) };
        using var response = await _programs.SendAsync(request, ct);
        return await ReadAsync(response, ct);
    }

    public async Task<Stream> OpenFeedAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "feed");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await _programs.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(ct);
    }

    /// <summary>One fetch of a pixel or link.</summary>
    public async Task VisitAsync(string url, Client client, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(client.Method, url);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", client.Address);
        if (client.UserAgent.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", client.UserAgent);
        }
        foreach (var (name, value) in client.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _visitors.SendAsync(request, ct);
    }

    public void Dispose()
    {
        _programs.Dispose();
        _visitors.Dispose();
    }

    static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        return response.IsSuccessStatusCode
            ? body
            : throw new InvalidOperationException($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} answered {(int)response.StatusCode}: {body}");
    }
}
