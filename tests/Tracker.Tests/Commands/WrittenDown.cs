using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tracker.Access;
using Tracker.Tests.Outbox;
using Tracker.Tests.Support;

namespace Tracker.Tests.Commands;

/// <summary>What a server writes of what it is told: no stranger writes a line of the log, and no secret stands anywhere but in its own file.</summary>
public sealed partial class WrittenDown : CommandTests
{
    const string Forged = """{"EventId":0,"LogLevel":"Critical","Category":"forged","Message":"forged"}""", Password = "correct horse battery staple", MailPassword = "relay-Secret-4711", ClientSecret = "openid-Secret-4712";

    /// <summary>What ends a line, or seems to: on terminals, in C, in JavaScript, in Unicode, and as text that something may decode.</summary>
    static readonly string[] Breaks = ["\r\n", "\n", "\r", "\u001b[2K\r", "\0", "\u000b", "\u0085", "\u2028", "\u2029", "%0d%0a", "%0A", "\\r\\n", "\"}\n"];

    async Task<string> KeyAsync()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        return (await OutAsync("keys", "create", "--name", "t", "--scope", "send", "--scope", "read", "--rep", "rita@example.com")).Trim();
    }

    /// <summary>Bytes as they are, until the other end has said all it wants to.</summary>
    static async Task TellAsync(string host, int port, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, Ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), Ct);
        client.Client.Shutdown(SocketShutdown.Send);
        try
        {
            await stream.CopyToAsync(Stream.Null, Ct);
        }
        catch (IOException)
        {
            // Refused by hanging up, which is an answer too.
        }
    }

    [Fact]
    public async Task Whatever_strangers_send_each_line_of_the_log_is_one_object_of_ours()
    {
        var key = await KeyAsync();
        var filter = TcpPorts.Free();
        // At this level the framework tells each address it is asked for. The next hop is not there, so that the filter has something to tell too.
        var (server, address) = await TrackerProcess.ServeAsync(Folder, "--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Microsoft.AspNetCore=Debug",
            $"--Tracker:Filter:Listen=127.0.0.1:{filter}", "--Tracker:Filter:NextHop=127.0.0.1:1");
        await using (server)
        {
            var rita = new ApiClient(address, key);
            foreach (var text in Breaks.Select(b => $"x{b}{Forged}"))
            {
                var subject = $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
                var copy = (await rita.MailAsync(Mails.Proposal("paul@customer.example", subject))).At("copies", 0)!;
                var path = new Uri(copy.Text("links", 0, "trackedUrl")).PathAndQuery;
                (string Path, string Agent, string From)[] asked = [(path, text, "x"), (path, "x", text), ($"{path}?{text.Replace(" ", "", StringComparison.Ordinal)}", "x", "x"), ($"/{Uri.EscapeDataString(text)}", "x", "x"), ($"/api/v1/messages?after={Uri.EscapeDataString(text)}", "x", "x")];
                foreach (var (target, agent, from) in asked)
                {
                    await TellAsync(address.Host, address.Port, $"GET {target} HTTP/1.1\r\nHost: t\r\nUser-Agent: {agent}\r\nReferer: {from}\r\nConnection: close\r\n\r\n");
                }
                await TellAsync("127.0.0.1", filter, $"EHLO {text}\r\nMAIL FROM:<{text}@example.com>\r\nRCPT TO:<{text}@customer.example>\r\nQUIT\r\n");
                await TellAsync("127.0.0.1", filter, $"EHLO t\r\nMAIL FROM:<rita@example.com>\r\nRCPT TO:<paul@customer.example>\r\nDATA\r\nFrom: rita@example.com\r\nSubject: {subject}\r\nX: {text}\r\n\r\nHello\r\n.\r\nQUIT\r\n");
            }
            await server.TerminateAsync();
            var lines = (await server.EndAsync(TimeSpan.FromSeconds(30))).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var objects = lines.Select(Parsed).ToList();
            Assert.DoesNotContain(objects, o => o["Category"]!.GetValue<string>() == "forged" || o["LogLevel"]!.GetValue<string>() == "Critical");
            // It was told at all, and the ends of lines were.
            Assert.True(objects.Count(o => o["Message"]!.GetValue<string>().Contains("forged", StringComparison.Ordinal)) >= Breaks.Length, $"{lines.Length} lines say nothing of it");
        }

        static JsonObject Parsed(string line)
        {
            try
            {
                return Assert.IsType<JsonObject>(JsonNode.Parse(line));
            }
            catch (JsonException e)
            {
                throw new Xunit.Sdk.XunitException($"not an object: {line}", e);
            }
        }
    }

    [Fact]
    public async Task No_secret_is_in_the_database_the_journal_the_log_a_backup_the_metrics_or_a_page_about_an_error()
    {
        var key = await KeyAsync();
        await using var sink = new MailSink();
        var link = LinkLine().Match(await OutAsync("reps", "add", "ada@example.com", "--name", "Ada", "--admin")).Value;
        string cookie;
        var said = new StringBuilder();
        var (server, address) = await TrackerProcess.ServeAsync(Folder, "--Tracker:Mail:SmtpHost=127.0.0.1", $"--Tracker:Mail:SmtpPort={sink.Port}", "--Tracker:Mail:SmtpTls=none", "--Tracker:Mail:User=rita",
            $"--Tracker:Mail:Password={MailPassword}", "--Tracker:OpenId:Authority=http://127.0.0.1:1", "--Tracker:OpenId:ClientId=tracker", $"--Tracker:OpenId:ClientSecret={ClientSecret}");
        await using (server)
        {
            using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
            using (var signedIn = await http.PostAsync(new Uri(link).PathAndQuery, new FormUrlEncodedContent([]), Ct))
            {
                cookie = Uri.UnescapeDataString(signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1]);
            }
            async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
            {
                using var request = new HttpRequestMessage(method, path) { Content = content };
                foreach (var (name, value) in headers)
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
                using var answer = await http.SendAsync(request, Ct);
                said.Append(await answer.Content.ReadAsStringAsync(Ct));
                return answer.StatusCode;
            }
            var session = ("Cookie", $"tracker={Uri.EscapeDataString(cookie)}");
            Assert.Equal(HttpStatusCode.OK, await AskAsync(HttpMethod.Post, "/account/password", new FormUrlEncodedContent([new("formToken", FormToken.Of(cookie)), new("wanted", Password)]), session, ("Sec-Fetch-Site", "same-origin")));
            said.Clear(); // A rep's own page bears the token of their own forms.
            var rita = new ApiClient(address, key);
            var copy = (await rita.MailAsync(Mails.Proposal())).At("copies", 0)!;
            await Answers.JsonAsync(await rita.SendAsync(HttpMethod.Post, "/messages?deliver=true", new StringContent(Mails.Proposal(), null, "message/rfc822")), HttpStatusCode.Created);
            await AskAsync(HttpMethod.Get, copy.Text("links", 0, "trackedUrl"), null, ("User-Agent", Browsers.Firefox));
            await AskAsync(HttpMethod.Get, "/metrics", null);
            await AskAsync(HttpMethod.Get, "/api/v1/none", null, ("Authorization", "Bearer " + key));
            await AskAsync(HttpMethod.Get, "/api/v1/messages", null, ("Authorization", "Bearer " + key + "x"));
            await AskAsync(HttpMethod.Post, "/api/v1/messages", new StringContent("{"), ("Authorization", "Bearer " + key));
            await AskAsync(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent([new("email", "ada@example.com"), new("password", Password + "!")]));
            await AskAsync(HttpMethod.Post, "/account/password", new FormUrlEncodedContent([new("wanted", Password)]), session);
            await AskAsync(HttpMethod.Get, "/sign-in/openid", null);
            await AskAsync(HttpMethod.Get, new Uri(link).PathAndQuery, null);
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(HttpMethod.Get, "/c/none", null, session));
            Assert.Contains("tracker_", said.ToString(), StringComparison.Ordinal);
            await OutAsync("backup", Path.Combine(Folder, "backup.zip"));
            await server.TerminateAsync();
            var ended = await server.EndAsync(TimeSpan.FromSeconds(30));
            said.Append(ended.Out).Append(ended.Error);
        }
        var ring = await File.ReadAllTextAsync(Path.Combine(Folder, "data", "keyring.json"), Ct);
        var signing = Base64().Matches(ring).Select(m => m.Value).ToList();
        Assert.NotEmpty(signing);
        List<(string What, string Text)> secrets = [("key", key), ("session", cookie), ("form", FormToken.Of(cookie)), ("password", Password), ("mail", MailPassword), ("openid", ClientSecret), ("link", link.Split('/')[^1]), .. signing.Select(s => ("signing", s)), .. signing.Select(s => ("signing, raw", Encoding.Latin1.GetString(Convert.FromBase64String(s))))];
        // Both are files of secrets, for their owner alone.
        var files = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not ("keyring.json" or "address-key.json")).ToList();
        Assert.Contains(files, f => f.EndsWith("tracker.db", StringComparison.Ordinal));
        await Unpacked();
        foreach (var (where, text) in files.Select(f => (f, Encoding.Latin1.GetString(File.ReadAllBytes(f)))).Append(("what was said", said.ToString())))
        {
            foreach (var (what, secret) in secrets)
            {
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{what} in {where}");
            }
        }

        async Task Unpacked()
        {
            var to = Path.Combine(Folder, "restored");
            await OutAsync("restore", Path.Combine(Folder, "backup.zip"), "--without-keys", $"--Tracker:DataFolder={to}");
            files.AddRange(Directory.EnumerateFiles(to, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not ("keyring.json" or "address-key.json")));
        }
    }

    [GeneratedRegex(@"http://\S+/sign-in/\S+")]
    private static partial Regex LinkLine();

    [GeneratedRegex("[A-Za-z0-9+/]{40,}=*")]
    private static partial Regex Base64();
}
