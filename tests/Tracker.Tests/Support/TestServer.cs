using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tracker.Access;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Tests.Support;

/// <summary>The real server on a real socket, with a data folder of its own and a clock that can be moved.</summary>
public sealed class TestServer : IAsyncDisposable
{
    readonly WebApplication _app;
    TestLog _log = null!;

    TestServer(WebApplication app, MovableTime time, Uri address)
    {
        (_app, Time, Address) = (app, time, address);
        Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    public MovableTime Time { get; }

    public Uri Address { get; }

    /// <summary>Follows no redirect and carries no key.</summary>
    public HttpClient Http { get; }

    /// <summary>What was logged until now, from the level that the settings say.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    public IServiceProvider Services => _app.Services;

    public Database Database => Services.GetRequiredService<Database>();

    /// <param name="settings">Name and value, such as ("Tracker:Prompts:LifetimeMinutes", "5").</param>
    public static async Task<TestServer> StartAsync(Engine engine, MovableTime? time = null, params (string Name, string Value)[] settings)
    {
        var server = await LaunchAsync(engine, time, settings);
        await Until.TrueAsync(() => server.Database.IsReady, "the database is ready");
        return server;
    }

    /// <summary>Starts and listens, whether the database is there or not.</summary>
    public static async Task<TestServer> LaunchAsync(Engine engine, MovableTime? time = null, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Tracker:DataFolder"] = engine.DataFolder, ["ConnectionStrings:Tracker"] = engine.ConnectionString, ["urls"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all).Build();
        var clock = time ?? new MovableTime();
        var log = new TestLog();
        var app = Program.Build(TrackerSettings.Read(configuration), configuration, services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, clock, new(address)) { _log = log };
    }

    public Task<Rep> RepAsync(string email = "rita@example.com", string name = "Rita Rep", bool isAdmin = false, Role role = Role.Rep) =>
        Database.WriteAsync(async s => (await Reps.AddAsync(s, email, name, isAdmin ? Role.Admin : role, Time.GetUtcNow())).Rep, TestContext.Current.CancellationToken);

    /// <param name="repId">Null: a key that sees everybody's data.</param>
    public async Task<ApiClient> ClientAsync(long? repId, params string[] scopes)
    {
        var key = await Database.WriteAsync(
            s => ApiKeys.CreateAsync(s, "test", scopes.Length == 0 ? [Scopes.Send, Scopes.Read] : scopes, repId, Time.GetUtcNow()), TestContext.Current.CancellationToken);
        return new(Address, key);
    }

    /// <summary>Adds a rep and a key bound to them that may send and read.</summary>
    public async Task<ApiClient> RepClientAsync(string email = "rita@example.com") => await ClientAsync((await RepAsync(email)).Id);

    /// <summary>Fetches a pixel or link as somebody's program would.</summary>
    /// <param name="address">Where from; loopback is a trusted proxy.</param>
    public async Task<HttpResponseMessage> VisitAsync(string url, string userAgent = Browsers.Firefox, string address = "198.51.100.7", HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, url);
        if (userAgent.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        }
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", address);
        foreach (var (name, value) in headers.Length > 0 ? headers : url.Contains("/o/", StringComparison.Ordinal) ? Browsers.ImageHeaders : Browsers.PageHeaders)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops as SIGTERM does.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

public static class Browsers
{
    public const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    public const string GmailProxy = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    public const string GmailPrefetch = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";
    public const string ApplePrefetch = "Mozilla/5.0";

    public static readonly (string, string)[] ImageHeaders =
    [
        ("Accept", "image/avif,image/webp,image/png,*/*;q=0.5"), ("Accept-Language", "en-GB,en;q=0.7"), ("Sec-Fetch-Dest", "image"), ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Site", "cross-site"),
    ];

    public static readonly (string, string)[] PageHeaders =
    [
        ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"), ("Accept-Language", "en-GB,en;q=0.7"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Site", "none"), ("Sec-Fetch-User", "?1"), ("Upgrade-Insecure-Requests", "1"),
    ];
}

/// <summary>A program that speaks the API with a key.</summary>
public sealed class ApiClient
{
    public ApiClient(Uri address, string key)
    {
        (Key, Http) = (key, new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address });
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Key { get; }

    public HttpClient Http { get; }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonNode> GetAsync(string path) => await Answers.JsonAsync(await SendAsync(HttpMethod.Get, path), HttpStatusCode.OK);

    public async Task<JsonNode> PostAsync(string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK, params (string Name, string Value)[] headers) =>
        await Answers.JsonAsync(await SendAsync(HttpMethod.Post, path, Answers.Json(body), headers), expected);

    /// <summary>Sends a mail an hour ago, when scanners were there, to be read now.</summary>
    public async Task<JsonNode> MailAsync(string mail, string query = "", DateTimeOffset? sentAt = null)
    {
        var at = (sentAt ?? TimeProvider.System.GetUtcNow().AddHours(-1)).UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(mail));
        content.Headers.ContentType = new("message/rfc822");
        return await Answers.JsonAsync(await SendAsync(HttpMethod.Post, $"/messages?sentAt={at}{query}", content), HttpStatusCode.Created);
    }
}

public static class Answers
{
    public static HttpContent? Json(object? body) => body is null ? null : new StringContent(
        body as string ?? System.Text.Json.JsonSerializer.Serialize(body, Web.ApiJson.Options), Encoding.UTF8, "application/json");

    /// <summary>Fails with the body when the status is another.</summary>
    public static async Task<JsonNode> JsonAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"expected {(int)expected}, was {(int)response.StatusCode}\n{text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>The slug of the problem an answer is, after checking that it is a proper one.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var json = await JsonAsync(response, expected);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)expected, (int)json["status"]!);
        Assert.NotEmpty((string)json["detail"]!);
        var kind = Assert.Single(Web.Problems.All, p => p.Type == (string)json["type"]!);
        Assert.Equal((kind.Status, kind.Title), ((int)expected, (string)json["title"]!));
        return kind.Slug;
    }

    public static string Text(this JsonNode node, params object[] path) => node.At(path)!.GetValue<string>();

    public static JsonNode? At(this JsonNode node, params object[] path) =>
        path.Aggregate((JsonNode?)node, (at, step) => step is int index ? at?[index] : at?[(string)step]);
}

public static class Until
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Waits for what happens by itself, such as the projector's next batch.</summary>
    /// <param name="longest">Null: 30 seconds.</param>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? longest = null) => TrueAsync(condition, () => what, longest ?? Longest);

    public static Task TrueAsync(Func<bool> condition, Func<string> what, TimeSpan longest) => TrueAsync(() => Task.FromResult(condition()), what, longest);

    /// <param name="what">Asked for when it was in vain.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan longest)
    {
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            Assert.True(clock.GetElapsedTime(began) < longest, $"waited {longest.TotalSeconds:0} s in vain until {what()}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
