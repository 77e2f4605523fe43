using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tracker.Tests.Inbound;

/// <summary>A small OAuth 2.0 server: gives access tokens for a refresh token (each used once) or for the client's own credentials, and tells the mail server whose they are.</summary>
public sealed class TokenServer : IAsyncDisposable
{
    readonly WebApplication _app;

    TokenServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/");

    public string RefreshToken { get; set; } = "refresh-1";

    public int LifetimeSeconds { get; set; } = 3600;

    public ConcurrentQueue<string> Grants { get; } = new();

    /// <summary>Access tokens that the mail server takes.</summary>
    public ConcurrentDictionary<string, bool> Live { get; } = new();

    public static async Task<TokenServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new TokenServer(app);
        app.MapPost("/token", async (HttpContext http) => await server.GiveAsync(await http.Request.ReadFormAsync()));
        app.MapGet("/tokeninfo", (string access_token) => server.Live.ContainsKey(access_token)
            ? Results.Json(new { email = "rita@example.com", active = true, expires_in = 100 }) : Results.Json(new { error = "invalid_token" }, statusCode: 401));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    Task<IResult> GiveAsync(IFormCollection form)
    {
        var grant = form["grant_type"].ToString();
        Grants.Enqueue(grant);
        if (form["client_id"] != "tracker" || form["client_secret"] != "shh" || form["scope"] != "mail" || (grant == "refresh_token" && form["refresh_token"] != RefreshToken))
        {
            return Task.FromResult(Results.Json(new { error = "invalid_grant", error_description = "The token is not valid any more." }, statusCode: 400));
        }
        var token = $"access-{Grants.Count}";
        Live[token] = true;
        if (grant == "refresh_token")
        {
            RefreshToken = $"refresh-{Grants.Count + 1}";
        }
        return Task.FromResult(Results.Json(new { access_token = token, token_type = "Bearer", expires_in = LifetimeSeconds, refresh_token = grant == "refresh_token" ? RefreshToken : null }));
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
