using System.Net;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>What the page promises to whoever is signed in, asked over plain HTTP: the routes come from the running server.</summary>
public sealed class PageSecurityTests() : ApiContract(Engine.SqliteAsync)
{
    const string Good = "correct horse battery staple";

    async Task<(string Cookie, string Token)> SessionAsync(long repId)
    {
        var cookie = await Server.CookieAsync(repId);
        return (cookie, FormToken.Of(Uri.UnescapeDataString(cookie.Split('=')[1])));
    }

    [Fact]
    public async Task No_other_site_changes_anything_in_a_reps_name()
    {
        var rep = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var (cookie, token) = await SessionAsync(rep.Id);
        var accepted = new List<string>();
        // An address each: who asks without a key may not ask often, and that is not what refuses here.
        var asked = 0;
        var routes = ApiRoutes.Of(Server).Where(r => r.Method is not ("GET" or "HEAD")).ToList();
        Assert.True(routes.Count > 15);
        (string, string)[][] foreign =
        [
            [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], [("Sec-Fetch-Site", "same-site"), ("Origin", "http://127.0.0.1:1")],
            [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
        ];
        foreach (var route in routes.Where(r => !r.Pattern.StartsWith("/u/", StringComparison.Ordinal)))
        {
            foreach (var headers in foreign)
            {
                foreach (var content in new Func<HttpContent>[] { () => new StringContent("{}", null, "application/json"), () => new FormUrlEncodedContent([new("formToken", "x"), new("email", "a@b.example")]), () => new StringContent("{}", null, "text/plain") })
                {
                    using var response = await Server.WithCookieAsync(cookie, new(route.Method), route.At("1"), content(), [.. headers, ("X-Forwarded-For", $"198.51.{asked / 250}.{1 + asked++ % 250}")]);
                    var leadsToSignIn = response.StatusCode == HttpStatusCode.Found && response.Headers.Location!.ToString().StartsWith("/sign-in", StringComparison.Ordinal);
                    if (((int)response.StatusCode < 400 && !leadsToSignIn) || response.StatusCode == HttpStatusCode.TooManyRequests)
                    {
                        accepted.Add($"{route.Name} {string.Join(' ', headers.Select(h => h.Item2))}: {(int)response.StatusCode}");
                    }
                }
            }
        }
        Assert.Equal([], accepted);
        Assert.Equal(HttpStatusCode.OK, (await Server.WithCookieAsync(cookie, HttpMethod.Get, "/account")).StatusCode);
        Assert.NotEmpty(token);
    }

    [Fact]
    public async Task A_form_without_the_sessions_token_is_refused_even_from_our_own_page()
    {
        var rep = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var ((cookie, token), (_, others)) = (await SessionAsync(rep.Id), await SessionAsync(rep.Id));
        async Task<HttpStatusCode> AddAsync(string given) => (await Server.WithCookieAsync(
            cookie, HttpMethod.Post, "/prospects", new FormUrlEncodedContent([new("formToken", given), new("email", "new@customer.example")]), ("Sec-Fetch-Site", "same-origin"))).StatusCode;
        Assert.Equal(HttpStatusCode.Forbidden, await AddAsync(""));
        Assert.Equal(HttpStatusCode.Forbidden, await AddAsync(others));
        Assert.Equal(HttpStatusCode.Forbidden, await AddAsync(token + "x"));
        Assert.Equal(0, await Server.Database.ReadAsync(s => s.ScalarAsync<long>("select count(*) from prospects"), Ct));
        Assert.Equal(HttpStatusCode.Found, await AddAsync(token));
    }

    [Fact]
    public async Task A_password_is_not_guessed_and_nobody_learns_who_is_here()
    {
        var rep = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var (cookie, token) = await SessionAsync(rep.Id);
        using var set = await Server.WithCookieAsync(cookie, HttpMethod.Post, "/account/password",
            new FormUrlEncodedContent([new("formToken", token), new("wanted", Good)]), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);

        async Task<HttpResponseMessage> TryAsync(string email, string password, string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("email", email), new("password", password), new("next", "//evil.example")]) };
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", from);
            return await Server.Http.SendAsync(request, Ct);
        }
        using var right = await TryAsync(rep.Email.ToUpperInvariant(), Good, "198.51.100.1");
        Assert.Equal("/", right.Headers.Location!.ToString());
        // Wrong password and unknown address: the same answer, to the last byte but for what was typed.
        using var wrong = await TryAsync(rep.Email, "not the password", "198.51.100.2");
        using var nobody = await TryAsync("nobody@example.com", "not the password", "198.51.100.2");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.StatusCode, nobody.StatusCode));
        Assert.Equal((await wrong.Content.ReadAsStringAsync(Ct)).Replace(rep.Email, "", StringComparison.Ordinal), (await nobody.Content.ReadAsStringAsync(Ct)).Replace("nobody@example.com", "", StringComparison.Ordinal));

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var guess = await TryAsync(rep.Email, "guess " + i, "198.51.100.3");
            answers.Add(guess.StatusCode);
        }
        Assert.Equal((10, 2), (answers.Count(a => a == HttpStatusCode.Unauthorized), answers.Count(a => a == HttpStatusCode.TooManyRequests)));
        // The right one does not help from there either, but does from elsewhere, and later.
        using var locked = await TryAsync(rep.Email, Good, "198.51.100.3");
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.NotNull(locked.Headers.RetryAfter);
        using var elsewhere = await TryAsync(rep.Email, Good, "198.51.100.4");
        Assert.Equal(HttpStatusCode.Found, elsewhere.StatusCode);
        Server.Time.Advance(SignInTries.Window);
        using var later = await TryAsync(rep.Email, Good, "198.51.100.3");
        Assert.Equal(HttpStatusCode.Found, later.StatusCode);
        Assert.DoesNotContain(Server.Log, line => line.Contains("guess", StringComparison.Ordinal) || line.Contains(Good, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_password_and_an_ended_session_are_out_at_once()
    {
        var rep = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var ((one, token), (other, _)) = (await SessionAsync(rep.Id), await SessionAsync(rep.Id));
        using var set = await Server.WithCookieAsync(one, HttpMethod.Post, "/account/password", new FormUrlEncodedContent([new("formToken", token), new("wanted", Good)]), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.WithCookieAsync(other, HttpMethod.Get, "/api/v1/messages")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Server.WithCookieAsync(one, HttpMethod.Get, "/api/v1/messages")).StatusCode);
        using var wrong = await Server.WithCookieAsync(one, HttpMethod.Post, "/account/password", new FormUrlEncodedContent([new("formToken", token), new("current", "wrong"), new("wanted", Good + "!")]), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        // Another rep cannot end it; its own rep can, from elsewhere.
        var olga = await Server.RepAsync("olga@example.com");
        var ((hers, hersToken), (third, thirdToken)) = (await SessionAsync(olga.Id), await SessionAsync(rep.Id));
        var id = Secrets.HashOf(Uri.UnescapeDataString(one.Split('=')[1]));
        Task<HttpResponseMessage> EndAsync(string cookie, string with) => Server.WithCookieAsync(cookie, HttpMethod.Post, "/account/sessions", new FormUrlEncodedContent([new("formToken", with), new("id", id)]), ("Sec-Fetch-Site", "same-origin"));
        (await EndAsync(hers, hersToken)).Dispose();
        Assert.Equal(HttpStatusCode.OK, (await Server.WithCookieAsync(one, HttpMethod.Get, "/api/v1/messages")).StatusCode);
        (await EndAsync(third, thirdToken)).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.WithCookieAsync(one, HttpMethod.Get, "/api/v1/messages")).StatusCode);
    }

    [Fact]
    public async Task Every_page_carries_the_headers_that_protect_it()
    {
        var rep = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var cookie = await Server.CookieAsync(rep.Id);
        var missing = new List<string>();
        var looked = 0;
        foreach (var route in ApiRoutes.Of(Server).Where(r => r.Method == "GET" && r.Pattern is not ("/api/v1/feed" or "/u/{token}")))
        {
            foreach (var scheme in new[] { "http", "https" })
            {
                var sent = scheme == "https" ? "__Host-" + cookie : cookie;
                using var response = await Server.WithCookieAsync(sent, HttpMethod.Get, route.At("1"), null, ("X-Forwarded-Proto", scheme));
                looked++;
                void Need(string name, string part)
                {
                    if (!response.Headers.TryGetValues(name, out var values) || !string.Join(',', values).Contains(part, StringComparison.Ordinal))
                    {
                        missing.Add($"{route.Name} over {scheme}: {name} {part}");
                    }
                }
                foreach (var directive in (string[])["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "require-trusted-types-for 'script'", "script-src 'self';"])
                {
                    Need("Content-Security-Policy", directive);
                }
                Need("X-Content-Type-Options", "nosniff");
                Need("Referrer-Policy", "same-origin");
                Need("Cross-Origin-Opener-Policy", "same-origin");
                if (scheme == "https")
                {
                    Need("Strict-Transport-Security", "max-age=31536000");
                }
                if (response.Content.Headers.ContentType?.MediaType == "text/html" && !route.Pattern.StartsWith("/problems", StringComparison.Ordinal) && !route.Pattern.StartsWith("/sign-in", StringComparison.Ordinal))
                {
                    Need("Cache-Control", "no-store");
                }
                if (response.Content.Headers.ContentType?.MediaType == "text/html")
                {
                    var html = await response.Content.ReadAsStringAsync(Ct);
                    if (html.Contains(" style=", StringComparison.Ordinal) || html.Contains("<style", StringComparison.Ordinal) || html.Contains("<script>", StringComparison.Ordinal) || html.Contains("src=\"http", StringComparison.Ordinal) || html.Contains("<link rel=\"stylesheet\" href=\"http", StringComparison.Ordinal) || html.Contains(" onclick", StringComparison.Ordinal))
                    {
                        missing.Add($"{route.Name}: something inline or from elsewhere");
                    }
                }
            }
        }
        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.True(looked > 40);
    }

    [Fact]
    public async Task Only_people_who_signed_in_open_pages_and_the_way_back_leads_nowhere_else()
    {
        var admin = await Server.ClientAsync(null, Scopes.Admin, Scopes.Read, Scopes.Send);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.Http.GetAsync("/hot", Ct)).StatusCode);
        using var nobody = await Server.Http.GetAsync("/hot?company=x", Ct);
        Assert.Equal("/sign-in?next=%2Fhot%3Fcompany%3Dx", nobody.Headers.Location!.ToString());
        Assert.All(new[] { "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out", "\t//evil.example", "", null }, next => Assert.Equal("/", PageAccess.Next(next)));
        Assert.Equal("/hot?company=x", PageAccess.Next("/hot?company=x"));
    }
}
