using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>
/// A rep who is signed in opens somebody else's page, in a real browser: it sends every form, fetches every route, loads everything as a picture and frames every page.
/// Nothing changes and nothing is seen. Once from another site, and once from another port of the same host, to which the cookie does go along.
/// </summary>
public sealed class ForeignPageTests(PageBrowser browser) : PageTest(browser)
{
    const string Attack = """
        async ({ method, url }) => {
          document.body.replaceChildren();
          const loads = element => new Promise(done => { element.onload = element.onerror = () => done(); document.body.append(element); setTimeout(done, 5000); });
          const json = '{"email":"evil@customer.example","to":["evil@customer.example"],"from":"rita@example.com","outcome":"stop","right":true,"text":"x","name":"x"}';
          if (method === 'GET') {
            const picture = new Image();
            picture.src = url;
            const frame = document.createElement('iframe');
            frame.src = url;
            await Promise.all([loads(picture), loads(frame), fetch(url, { credentials: 'include', mode: 'no-cors' }).then(() => {}, () => {})]);
            const read = await fetch(url, { credentials: 'include' }).then(r => r.text(), () => null);
            return read;
          }
          for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
            const frame = document.createElement('iframe');
            frame.name = 'f' + Math.random();
            const arrived = loads(frame);
            const form = document.createElement('form');
            Object.assign(form, { method: 'post', action: url, target: frame.name, enctype: type });
            for (const [name, value] of [['email', 'evil@customer.example'], ['name', 'x'], ['role', 'admin'], ['scope', 'read'], ['network', '203.0.113.0/24'], ['host', '127.0.0.1'], ['port', '25'], ['tls', 'none'], ['wanted', 'a password of evil'], ['{"email":"evil@customer.example","x":"', '"}']]) {
              const input = document.createElement('input');
              Object.assign(input, { type: 'hidden', name, value });
              form.append(input);
            }
            document.body.append(form);
            await arrived;
            const answered = new Promise(done => { frame.onload = () => done(); setTimeout(done, 5000); });
            form.submit();
            await answered;
          }
          await fetch(url, { method, credentials: 'include', mode: 'no-cors', body: json }).catch(() => {});
          const read = await fetch(url, { method, credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: json }).then(r => r.text(), () => null);
          navigator.sendBeacon?.(url, json);
          document.body.replaceChildren();
          return read;
        }
        """;

    /// <summary>From another port the cookie goes along, which is the harder case; from another site the browser leaves it out of most.</summary>
    public static TheoryData<string> Hosts => Environment.GetEnvironmentVariable("TRACKER_LONG") == "1" ? ["127.0.0.1", "localhost"] : ["127.0.0.1"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Whatever_another_page_tries_in_a_reps_name_nothing_happens_and_nothing_is_seen(string host)
    {
        var (rita, client) = await RepAsync(isAdmin: true);
        await PagesOf.FillAsync(Server, client);
        var page = await SignedInAsync(rita.Id);
        // Looking at something fills in what stands ready on first use, such as the banks of texts: all of it is looked at before.
        var routes = ApiRoutes.Of(Server).Where(r => r.Method != "HEAD" && r.Pattern is not ("/api/v1/feed" or "/u/{token}")).ToList();
        var cookie = await Server.CookieAsync(rita.Id);
        foreach (var route in routes.Where(r => r.Method == "GET"))
        {
            using var looked = await Server.WithCookieAsync(cookie, HttpMethod.Get, route.At("1"));
        }
        // A server of its own: a page that is only made up in the browser may not reach this machine at all.
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var serving = ServeAsync(stranger);
        var evil = string.Create(CultureInfo.InvariantCulture, $"http://{host}:{((IPEndPoint)stranger.LocalEndpoint).Port}/");
        var answers = new List<int>();
        page.Response += (_, response) =>
        {
            if (response.Url.StartsWith(Server.Address.ToString(), StringComparison.Ordinal))
            {
                answers.Add(response.Status);
            }
        };
        await page.GotoAsync(evil);
        var before = await EverythingAsync();
        var seen = new List<string>();
        var asked = 0;
        foreach (var route in routes)
        {
            // An address each: who asks without a key may not ask often, and that is not what refuses here.
            await page.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["X-Forwarded-For"] = $"198.51.{asked / 250}.{1 + asked++ % 250}" });
            var read = await page.EvaluateAsync<string?>(Attack, new { method = route.Method, url = new Uri(Server.Address, route.At("1")).ToString() });
            seen.AddRange(read is null ? [] : [$"{route.Name}: {read}"]);
            seen.AddRange(page.Frames.Where(f => f.Url.StartsWith(Server.Address.ToString(), StringComparison.Ordinal)).Select(f => $"{route.Name} stands in a frame"));
        }
        await page.Context.CloseAsync();
        stranger.Stop();
        await serving;
        Assert.Equal([], seen);
        Assert.Equal(before, await EverythingAsync());
        Assert.True(asked > 100 && answers.Count > asked, $"{asked} routes, {answers.Count} answers");
        Assert.DoesNotContain(429, answers);
        // The same from our own page does happen, so what refuses is where it comes from.
        var own = await SignedInAsync(rita.Id);
        await own.GotoAsync("/prospects/new");
        await own.Locator("[name=email]").FillAsync("evil@customer.example");
        await own.Locator("form:has([name=email]) button[type=submit]").ClickAsync();
        await Assertions.Expect(own).Not.ToHaveURLAsync(Address("/prospects/new"));
        Assert.NotEqual(before, await EverythingAsync());
    }

    static async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(Ct);
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, Ct);
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 47\r\nConnection: close\r\n\r\n<!doctype html><title>Win a prize</title><body>"u8.ToArray(), Ct);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    /// <summary>Every row of every table, but for where and when a rep was seen, which a page that is looked at tells too.</summary>
    Task<string> EverythingAsync() => Server.Database.ReadAsync(async s =>
    {
        var tables = await s.QueryAsync<string>("select name from sqlite_master where type = 'table' and name not in ('rep_addresses', 'sessions', 'nodes', 'checkpoints', 'api_keys') and name not like 'sqlite%' order by name");
        var text = new List<string>();
        foreach (var table in tables)
        {
            text.AddRange((await s.QueryAsync<object>($"select * from \"{table}\"")).Select(row => $"{table} {row}"));
        }
        text.Add(string.Join(' ', await s.QueryAsync<string>("select name || coalesce(revoked_at_ms, 0) from api_keys order by id")));
        text.Add(string.Join(' ', await s.QueryAsync<string>("select token_hash from sessions where browser <> 'a test' or rep_id <> 1")));
        return string.Join('\n', text);
    }, Ct);
}
