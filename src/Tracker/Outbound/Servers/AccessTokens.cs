using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Outbound.Servers;

/// <summary>The token server gave no token; the message says what it said, without any secret.</summary>
public sealed class NoTokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Access tokens for XOAUTH2, kept until shortly before they end. With a refresh token (RFC 6749, 6) or with the client's own credentials (4.4). Where the server
/// replaces the refresh token (6: "may issue a new refresh token"), the new one is kept in the data folder.
/// </summary>
public sealed class AccessTokens(TrackerSettings settings, TimeProvider time) : IDisposable
{
    static readonly TimeSpan Early = TimeSpan.FromMinutes(1), WithoutLifetime = TimeSpan.FromMinutes(5);

    readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
    readonly ConcurrentDictionary<string, (string Token, DateTimeOffset Until)> _tokens = new();
    readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="NoTokenException">There is none to be had now.</exception>
    public async Task<string> GetAsync(MailAccount account, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return _tokens.TryGetValue(account.Name, out var kept) && kept.Until > time.GetUtcNow() ? kept.Token : await AskAsync(account, account.OAuth!, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The mail server did not take it; the next one is asked for anew.</summary>
    public void Forget(MailAccount account) => _tokens.TryRemove(account.Name, out _);

    async Task<string> AskAsync(MailAccount account, OAuthSettings oauth, CancellationToken ct)
    {
        try
        {
            var form = new Dictionary<string, string> { ["client_id"] = oauth.ClientId, ["grant_type"] = oauth.RefreshToken.IsGiven ? "refresh_token" : "client_credentials" };
            Add(form, "client_secret", oauth.ClientSecret.Read());
            Add(form, "scope", oauth.Scope);
            Add(form, "refresh_token", oauth.RefreshToken.IsGiven ? Replaced(oauth) ?? oauth.RefreshToken.Read() : "");
            using var answer = await _http.PostAsync(oauth.TokenUrl, new FormUrlEncodedContent(form), ct);
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct)) as JsonObject;
            if (!answer.IsSuccessStatusCode || (string?)json?["access_token"] is not { Length: > 0 } token)
            {
                throw new NoTokenException($"{oauth.TokenUrl} gave no access token: {(int)answer.StatusCode} {(string?)json?["error"]} {(string?)json?["error_description"]}".Trim());
            }
            if ((string?)json["refresh_token"] is { Length: > 0 } next && oauth.RefreshToken.IsGiven)
            {
                Keep(oauth, next);
            }
            var lifetime = json["expires_in"] is JsonValue value && double.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : WithoutLifetime;
            _tokens[account.Name] = (token, time.GetUtcNow() + lifetime - Early);
            return token;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or JsonException or IOException or InvalidOperationException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new NoTokenException($"{oauth.TokenUrl} could not be asked for an access token: {(e is JsonException ? "its answer is no JSON" : e.Message)}", e);
        }
    }

    static void Add(Dictionary<string, string> form, string name, string value)
    {
        if (value.Length > 0)
        {
            form[name] = value;
        }
    }

    // By the token that was configured: when somebody sets another, what replaced the old one counts no more.
    static string Key(OAuthSettings oauth) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(oauth.RefreshToken.Read())));

    string? Replaced(OAuthSettings oauth) => (string?)Kept()[Key(oauth)];

    JsonObject Kept() => File.Exists(settings.MailTokensFile) && JsonNode.Parse(File.ReadAllText(settings.MailTokensFile)) is JsonObject kept ? kept : [];

    void Keep(OAuthSettings oauth, string next)
    {
        var kept = Kept();
        kept[Key(oauth)] = next;
        SecretFile.Write(settings.MailTokensFile, Encoding.UTF8.GetBytes(kept.ToJsonString()));
    }

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }
}
