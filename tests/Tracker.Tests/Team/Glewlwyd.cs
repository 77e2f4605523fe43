using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Tracker.Tests.Support;

namespace Tracker.Tests.Team;

/// <summary>A real OpenID Connect provider, Debian's glewlwyd, with a folder and a database of its own.</summary>
public sealed class Glewlwyd : IAsyncDisposable
{
    public const string ClientId = "tracker", ClientSecret = "secret of the tracker under test";

    const string Program = "/usr/bin/glewlwyd", Schema = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";

    readonly Process _process;
    readonly string _folder;

    Glewlwyd(Process process, string folder, int port) => (_process, _folder, Base) = (process, folder, $"http://localhost:{port}");

    /// <summary>By name and not by address: its cookies are for localhost.</summary>
    public string Base { get; }

    public string Authority => Base + "/api/oidc";

    /// <param name="back">Where it may send people back to.</param>
    public static async Task<Glewlwyd> StartAsync(string back)
    {
        Assert.SkipUnless(File.Exists(Program) && File.Exists(Schema), "glewlwyd is not installed; ./test installs it.");
        var folder = Directory.CreateTempSubdirectory("tracker-glewlwyd-").FullName;
        var port = FreePort();
        await MakeDatabaseAsync(Path.Combine(folder, "glewlwyd.db"));
        var settings = Path.Combine(folder, "glewlwyd.conf");
        await File.WriteAllTextAsync(settings, $$"""
            port={{port}}
            bind_address="127.0.0.1"
            external_url="http://localhost:{{port}}"
            login_url="login.html"
            api_prefix="api"
            static_files_path="/usr/share/glewlwyd/webapp/"
            log_mode="console"
            log_level="WARNING"
            cookie_domain="localhost"
            cookie_secure=0
            admin_scope="g_admin"
            profile_scope="g_profile"
            user_module_path="/usr/lib/glewlwyd/user"
            user_middleware_module_path="{{Directory.CreateDirectory(Path.Combine(folder, "none")).FullName}}"
            client_module_path="/usr/lib/glewlwyd/client"
            user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
            plugin_module_path="/usr/lib/glewlwyd/plugin"
            hash_algorithm="SHA512"
            database = { type = "sqlite3" path = "{{Path.Combine(folder, "glewlwyd.db")}}" };
            static_files_mime_types = (
              { extension = ".html" mime_type = "text/html" compress = 0 }, { extension = ".css" mime_type = "text/css" compress = 0 },
              { extension = ".js" mime_type = "application/javascript" compress = 0 }, { extension = ".json" mime_type = "application/json" compress = 0 }
            )
            """);
        var process = Process.Start(new ProcessStartInfo(Program, ["--config-file=" + settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var provider = new Glewlwyd(process, folder, port);
        try
        {
            await provider.SetUpAsync(back);
            return provider;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static async Task MakeDatabaseAsync(string file)
    {
        var sql = await File.ReadAllTextAsync(Schema);
        // A property of its users, so that it can say whose address is verified.
        sql = sql.Replace("""use-glewlwyd-connection":true,"data-format":{"picture""", """use-glewlwyd-connection":true,"data-format":{"email_verified":{"multiple":false,"read":true,"write":true},"picture""", StringComparison.Ordinal);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The provider's own schema, from its package.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    string _admin = "";

    async Task SetUpAsync(string back)
    {
        await Until.TrueAsync(async () =>
        {
            Assert.False(_process.HasExited, "glewlwyd did not start");
            try
            {
                _admin = await SignInAsync("admin", "password");
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "glewlwyd answers");
        using var rsa = RSA.Create(2048);
        await AdminAsync("/api/mod/plugin/", new Dictionary<string, object>
        {
            ["module"] = "oidc", ["name"] = "oidc", ["display_name"] = "OIDC", ["parameters"] = new Dictionary<string, object>
            {
                ["iss"] = Authority, ["jwt-type"] = "rsa", ["jwt-key-size"] = "256", ["key"] = rsa.ExportRSAPrivateKeyPem(), ["cert"] = rsa.ExportSubjectPublicKeyInfoPem(),
                ["access-token-duration"] = 3600, ["refresh-token-duration"] = 3600, ["code-duration"] = 600, ["refresh-token-rolling"] = false,
                ["auth-type-code-enabled"] = true, ["auth-type-token-enabled"] = false, ["auth-type-id-token-enabled"] = true, ["auth-type-password-enabled"] = false,
                ["auth-type-client-enabled"] = false, ["auth-type-refresh-enabled"] = false, ["allow-non-oidc"] = false, ["allowed-scope"] = new[] { "openid" },
                ["pkce-allowed"] = true, ["pkce-method-plain-allowed"] = false, ["pkce-required"] = true, ["subject-type"] = "public", ["jwks-show"] = true,
                ["name-claim"] = "mandatory", ["email-claim"] = "mandatory",
                ["claims"] = new[] { new Dictionary<string, object> { ["name"] = "email_verified", ["user-property"] = "email_verified", ["type"] = "boolean", ["boolean-value-true"] = "1", ["boolean-value-false"] = "0", ["mandatory"] = true, ["on-demand"] = false, ["scope"] = Array.Empty<string>() } },
            },
        });
        await AdminAsync("/api/client/", new Dictionary<string, object>
        {
            ["client_id"] = ClientId, ["name"] = "Tracker", ["password"] = ClientSecret, ["confidential"] = true, ["redirect_uri"] = new[] { back }, ["authorization_type"] = new[] { "code" },
            ["token_endpoint_auth_method"] = new[] { "client_secret_post" }, ["enabled"] = true, ["scope"] = Array.Empty<string>(),
        });
    }

    /// <summary>Somebody with an account there, who has let Tracker know who they are.</summary>
    /// <returns>Their session there, as name=value.</returns>
    public async Task<string> PersonAsync(string user, string email, bool verified)
    {
        await AdminAsync("/api/user/", new Dictionary<string, object>
        {
            ["username"] = user, ["password"] = "password of " + user, ["name"] = "Name of " + user, ["email"] = email, ["email_verified"] = verified ? "1" : "0", ["scope"] = new[] { "openid", "g_profile" }, ["enabled"] = true,
        });
        var session = await SignInAsync(user, "password of " + user);
        await SendAsync(HttpMethod.Put, $"/api/auth/grant/{ClientId}/", new Dictionary<string, object> { ["scope"] = "openid" }, session);
        return session;
    }

    async Task<string> SignInAsync(string user, string password) =>
        (await SendAsync(HttpMethod.Post, "/api/auth/", new Dictionary<string, object> { ["username"] = user, ["password"] = password }, "")).Headers.GetValues("Set-Cookie").First().Split(';')[0];

    Task<HttpResponseMessage> AdminAsync(string path, Dictionary<string, object> body) => SendAsync(HttpMethod.Post, path, body, _admin);

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Dictionary<string, object> body, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var request = new HttpRequestMessage(method, Base + path) { Content = JsonContent.Create(body) };
        // It reads no chunks.
        await request.Content.LoadIntoBufferAsync();
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
