using System.Globalization;
using System.Net;
using Tracker.Access;
using Tracker.Tests.Support;

namespace Tracker.Tests.Api;

/// <summary>Who gets in where. The routes come from the running server: a new one without a line here fails the test.</summary>
public sealed class AccessMatrix() : ApiContract(Engine.SqliteAsync)
{
    // Every request is Rita's, about Rita's things, and comes through a proxy. 409 and 404: let in, but the prompt was closed, or the link resumed, by a column before.
    const string Expected = """
        route                                                none wrong gone read send olga rita all  page site
        GET /                                                302  302   302  403  403  403  403  403  200  200
        GET /account                                         302  302   302  403  403  403  403  403  200  200
        POST /account/password                               302  302   302  403  403  403  403  403  403  302
        POST /account/sessions                               302  302   302  403  403  403  403  403  403  302
        GET /api/v1/banks/{bank}                             401  401   401  200  403  200  200  200  200  200
        POST /api/v1/banks/{bank}                            401  401   401  403  201  201  201  201  201  401
        DELETE /api/v1/banks/{bank}/{id}                     401  401   401  403  200  404  404  404  404  401
        PUT /api/v1/banks/{bank}/{id}                        401  401   401  403  404  404  404  404  404  401
        GET /api/v1/companies/hot                            401  401   401  200  403  200  200  200  200  200
        GET /api/v1/deals                                    401  401   401  200  403  200  200  200  200  200
        POST /api/v1/deals                                   401  401   401  403  201  404  201  201  201  401
        GET /api/v1/deals/{id}                               401  401   401  200  403  404  200  200  200  200
        PUT /api/v1/deals/{id}                               401  401   401  403  200  404  200  200  200  401
        POST /api/v1/deals/{id}/stage                        401  401   401  403  200  404  200  200  200  401
        GET /api/v1/deliveries                               401  401   401  200  403  200  200  200  200  200
        GET /api/v1/deliveries/{id}                          401  401   401  200  403  404  200  200  200  200
        POST /api/v1/deliveries/{id}/cancel                  401  401   401  403  200  404  409  409  409  401
        GET /api/v1/export/{what}                            401  401   401  200  403  200  200  200  200  200
        GET /api/v1/feed                                     401  401   401  200  403  200  200  200  200  200
        GET /api/v1/hits/{id}                                401  401   401  200  403  404  200  200  200  200
        POST /api/v1/import                                  401  401   401  403  200  422  200  422  200  401
        POST /api/v1/links                                   401  401   401  403  201  201  201  422  201  401
        POST /api/v1/links/replace                           401  401   401  403  200  404  200  200  200  401
        POST /api/v1/links/resume                            401  401   401  403  200  404  404  404  404  401
        GET /api/v1/links/rules                              401  401   401  200  403  200  200  200  200  200
        POST /api/v1/links/stop                              401  401   401  403  200  404  200  200  200  401
        GET /api/v1/messages                                 401  401   401  200  403  200  200  200  200  200
        POST /api/v1/messages                                401  401   401  403  201  201  201  422  201  401
        GET /api/v1/messages/rates                           401  401   401  200  403  200  200  200  200  200
        GET /api/v1/messages/{id}                            401  401   401  200  403  404  200  200  200  200
        POST /api/v1/messages/{id}/mute                      401  401   401  403  200  404  200  200  200  401
        POST /api/v1/messages/{id}/sent                      401  401   401  403  200  404  200  200  200  401
        GET /api/v1/messages/{id}/timeline                   401  401   401  200  403  404  200  200  200  200
        POST /api/v1/messages/{id}/unmute                    401  401   401  403  200  404  200  200  200  401
        POST /api/v1/messages/{id}/viewed                    401  401   401  403  200  404  200  200  200  401
        POST /api/v1/obligations/{id}/move                   401  401   401  403  404  404  404  404  404  401
        GET /api/v1/outbound-options                         401  401   401  200  403  200  200  422  200  200
        PUT /api/v1/outbound-options                         401  401   401  403  200  200  200  422  200  401
        GET /api/v1/plan-templates                           401  401   401  200  403  200  200  200  200  200
        GET /api/v1/plans/{id}                               401  401   401  200  403  404  200  200  200  200
        POST /api/v1/plans/{id}/end                          401  401   401  403  200  404  409  409  409  401
        POST /api/v1/plans/{id}/pause                        401  401   401  403  409  404  409  409  409  401
        POST /api/v1/plans/{id}/resume                       401  401   401  403  409  404  409  409  409  401
        POST /api/v1/plans/{id}/touches                      401  401   401  403  409  404  409  409  409  401
        DELETE /api/v1/plans/{id}/touches/{touchId}          401  401   401  403  409  404  409  409  409  401
        PUT /api/v1/plans/{id}/touches/{touchId}             401  401   401  403  409  404  409  409  409  401
        GET /api/v1/prompts                                  401  401   401  200  403  200  200  200  200  200
        GET /api/v1/prompts/{id}                             401  401   401  200  403  404  200  200  200  200
        POST /api/v1/prompts/{id}/dismiss                    401  401   401  403  200  404  409  409  409  401
        POST /api/v1/prompts/{id}/hand                       401  401   401  403  400  400  400  400  400  401
        POST /api/v1/prompts/{id}/outcome                    401  401   401  403  409  404  409  409  409  401
        POST /api/v1/prompts/{id}/rating                     401  401   401  403  409  404  409  409  409  401
        POST /api/v1/prompts/{id}/snooze                     401  401   401  403  409  404  409  409  409  401
        GET /api/v1/prospects                                401  401   401  200  403  200  200  200  200  200
        PUT /api/v1/prospects                                401  401   401  403  200  200  200  200  200  401
        GET /api/v1/prospects/hot                            401  401   401  200  403  200  200  200  200  200
        GET /api/v1/prospects/{id}                           401  401   401  200  403  404  200  200  200  200
        GET /api/v1/prospects/{id}/advice                    401  401   401  200  403  404  200  200  200  200
        PUT /api/v1/prospects/{id}/call-time                 401  401   401  403  200  404  200  200  200  401
        POST /api/v1/prospects/{id}/dates                    401  401   401  403  200  404  200  200  200  401
        GET /api/v1/prospects/{id}/follow-up                 401  401   401  200  403  404  200  200  200  200
        POST /api/v1/prospects/{id}/insights                 401  401   401  403  200  404  200  200  200  401
        GET /api/v1/prospects/{id}/items                     401  401   401  200  403  404  200  200  200  200
        POST /api/v1/prospects/{id}/items                    401  401   401  403  201  404  201  201  201  401
        POST /api/v1/prospects/{id}/items/{itemId}/received  401  401   401  403  200  404  200  200  200  401
        POST /api/v1/prospects/{id}/mute                     401  401   401  403  200  404  200  200  200  401
        POST /api/v1/prospects/{id}/park                     401  401   401  403  200  404  200  200  200  401
        GET /api/v1/prospects/{id}/plans                     401  401   401  200  403  404  200  200  200  200
        POST /api/v1/prospects/{id}/plans                    401  401   401  403  201  404  201  201  201  401
        POST /api/v1/prospects/{id}/referrals                401  401   401  403  201  404  201  201  201  401
        GET /api/v1/prospects/{id}/timeline                  401  401   401  200  403  404  200  200  200  200
        GET /api/v1/prospects/{id}/touches                   401  401   401  200  403  404  200  200  200  200
        POST /api/v1/prospects/{id}/touches                  401  401   401  403  201  404  201  201  201  401
        POST /api/v1/prospects/{id}/unmute                   401  401   401  403  200  404  200  200  200  401
        GET /api/v1/referrals                                401  401   401  200  403  200  200  200  200  200
        POST /api/v1/referrals/{id}/thanked                  401  401   401  403  200  404  200  200  200  401
        GET /api/v1/signals/call-times                       401  401   401  200  403  200  200  200  200  200
        GET /api/v1/signals/precision                        401  401   401  200  403  200  200  200  200  200
        GET /api/v1/stages                                   401  401   401  200  403  200  200  200  200  200
        PUT /api/v1/stages/{stage}                           401  401   401  403  403  403  403  403  403  401
        GET /api/v1/today                                    401  401   401  200  403  200  200  200  200  200
        GET /api/v1/touches/effort                           401  401   401  200  403  200  200  200  200  200
        GET /api/v1/touches/objections                       401  401   401  200  403  200  200  200  200  200
        GET /api/v1/working-time                             401  401   401  200  403  200  200  422  200  200
        PUT /api/v1/working-time                             401  401   401  403  200  200  200  422  200  401
        GET /companies/{id}                                  302  302   302  403  403  403  403  403  404  404
        GET /compose                                         302  302   302  403  403  403  403  403  200  200
        GET /health/live                                     200  200   200  200  200  200  200  200  200  200
        GET /health/ready                                    200  200   200  200  200  200  200  200  200  200
        GET /hot                                             302  302   302  403  403  403  403  403  200  200
        GET /hot.csv                                         302  302   302  403  403  403  403  403  200  200
        GET /mails                                           302  302   302  403  403  403  403  403  200  200
        GET /mails/{id}                                      302  302   302  403  403  403  403  403  404  404
        POST /mails/{id}/mute                                302  302   302  403  403  403  403  403  403  302
        GET /metrics                                         401  401   401  403  403  403  403  403  403  403
        GET /now/away                                        302  302   302  403  403  403  403  403  400  400
        GET /now/earlier                                     302  302   302  403  403  403  403  403  400  400
        GET /now/hits/{id}                                   302  302   302  403  403  403  403  403  404  404
        GET /now/live                                        302  302   302  403  403  403  403  403  400  400
        GET /now/outcome/{outcome}                           302  302   302  403  403  403  403  403  400  400
        GET /problems/{slug}                                 200  200   200  200  200  200  200  200  200  200
        POST /prospects                                      302  302   302  403  403  403  403  403  403  302
        GET /prospects/new                                   302  302   302  403  403  403  403  403  200  200
        GET /prospects/{id}                                  302  302   302  403  403  403  403  403  404  404
        POST /prospects/{id}                                 302  302   302  403  403  403  403  403  403  302
        POST /prospects/{id}/mute                            302  302   302  403  403  403  403  403  403  302
        GET /robots.txt                                      200  200   200  200  200  200  200  200  200  200
        GET /settings                                        302  302   302  403  403  403  403  403  200  200
        POST /settings                                       302  302   302  403  403  403  403  403  403  302
        POST /settings/alerts                                302  302   302  403  403  403  403  403  403  302
        GET /settings/check                                  302  302   302  403  403  403  403  403  403  403
        POST /settings/check                                 302  302   302  403  403  403  403  403  403  302
        POST /settings/days-off                              302  302   302  403  403  403  403  403  403  302
        POST /settings/hours                                 302  302   302  403  403  403  403  403  403  302
        GET /settings/keys                                   302  302   302  403  403  403  403  403  403  403
        POST /settings/keys                                  302  302   302  403  403  403  403  403  403  302
        POST /settings/keys/{id}/revoke                      302  302   302  403  403  403  403  403  403  302
        GET /settings/mail                                   302  302   302  403  403  403  403  403  403  403
        POST /settings/mail                                  302  302   302  403  403  403  403  403  403  302
        POST /settings/mail/remove                           302  302   302  403  403  403  403  403  403  302
        POST /settings/mail/test                             302  302   302  403  403  403  403  403  403  302
        GET /settings/networks                               302  302   302  403  403  403  403  403  403  403
        POST /settings/networks                              302  302   302  403  403  403  403  403  403  302
        POST /settings/networks/here                         302  302   302  403  403  403  403  403  403  302
        POST /settings/networks/remove                       302  302   302  403  403  403  403  403  403  302
        GET /settings/server                                 302  302   302  403  403  403  403  403  403  403
        GET /settings/team                                   302  302   302  403  403  403  403  403  403  403
        POST /settings/team                                  302  302   302  403  403  403  403  403  403  302
        GET /settings/team/{id}                              302  302   302  403  403  403  403  403  403  403
        POST /settings/team/{id}                             302  302   302  403  403  403  403  403  403  302
        POST /settings/team/{id}/leave                       302  302   302  403  403  403  403  403  403  302
        POST /settings/team/{id}/link                        302  302   302  403  403  403  403  403  403  302
        POST /settings/team/{id}/mail                        302  302   302  403  403  403  403  403  403  302
        POST /settings/team/{id}/return                      302  302   302  403  403  403  403  403  403  302
        POST /settings/team/{id}/sessions                    302  302   302  403  403  403  403  403  403  302
        GET /sign-in                                         200  200   200  200  200  200  200  200  200  200
        POST /sign-in                                        401  401   401  401  401  401  401  401  401  403
        GET /sign-in/openid                                  404  404   404  404  404  404  404  404  404  404
        GET /sign-in/{token}                                 410  410   410  410  410  410  410  410  410  410
        POST /sign-in/{token}                                410  410   410  410  410  410  410  410  410  403
        POST /sign-out                                       302  302   302  302  302  302  302  302  302  302
        GET /today                                           302  302   302  403  403  403  403  403  200  200
        GET /u/{token}                                       404  404   404  404  404  404  404  404  404  404
        POST /u/{token}                                      404  404   404  404  404  404  404  404  404  404
        """;

    readonly Dictionary<string, string> _bodies = new()
    {
        ["POST /api/v1/messages"] = """{"from":"rita@example.com","to":["new@other.example"],"html":"<p>Hi</p>"}""",
        ["POST /api/v1/links"] = """{"recipient":{"email":"new@other.example"},"url":"https://example.com/"}""",
        ["POST /api/v1/links/replace"] = """{"message":"1","link":0,"replacement":"https://example.com/new"}""",
        ["POST /api/v1/links/resume"] = """{"message":"1","link":0}""",
        ["POST /api/v1/links/stop"] = """{"message":"1","link":0}""",
        // Long before the look, which would else be judged again as one that came before the mail.
        ["POST /api/v1/messages/{id}/sent"] = """{"at":"2026-01-02T09:00:00Z"}""",
        ["PUT /api/v1/outbound-options"] = "{}",
        ["PUT /api/v1/prospects"] = """{"email":"new@other.example"}""",
        ["POST /api/v1/prompts/{id}/outcome"] = """{"outcome":"stop"}""",
        ["POST /api/v1/prompts/{id}/rating"] = """{"right":true}""",
        ["POST /api/v1/prompts/{id}/snooze"] = $$"""{"until":"{{TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}"}""",
    };

    [Fact]
    public async Task Is_as_written_down_here()
    {
        var rita = (await Server.RepAsync()).Id;
        var gone = await Server.ClientAsync(rita);
        Assert.True(await Server.Database.WriteAsync(async s => await ApiKeys.RevokeAsync(s, (await ApiKeys.ListAsync(s)).Max(k => k.Id), Server.Time.GetUtcNow()), Ct));
        var keys = new List<string?> { null, "trk_" + Secrets.New(), gone.Key };
        keys.AddRange([(await Server.ClientAsync(rita, Scopes.Read)).Key, (await Server.ClientAsync(rita, Scopes.Send)).Key, (await Server.RepClientAsync("olga@example.com")).Key]);
        keys.AddRange([Rita.Key, (await Server.ClientAsync(null)).Key]);
        var cookie = await Server.CookieAsync(rita);

        await using var feed = await FeedClient.OpenAsync(Rita);
        var message = await Rita.MailAsync(Mails.Proposal());
        await Server.VisitAsync(message.Text("copies", 0, "openUrl"));
        var hit = (await feed.NextAsync("hit")).Data.Text("hitId");
        var prompt = (await feed.NextAsync("prompt.raised")).Data.Text("id");
        await FollowUpRequests.SetUpAsync(Rita);
        var ids = new Dictionary<string, string>
        {
            ["messages"] = message.Text("id"), ["prospects"] = message.Text("copies", 0, "prospectId"), ["hits"] = hit, ["prompts"] = prompt, ["deliveries"] = await DeliveryAsync(message),
            ["deals"] = "1", ["plans"] = "1", ["referrals"] = "1", ["obligations"] = "1", ["banks"] = "1",
        };

        var lines = new List<string> { Expected.Split('\n')[0] };
        foreach (var route in ApiRoutes.Of(Server))
        {
            var path = route.At(route.Pattern.Contains("problems", StringComparison.Ordinal) ? "not-found" : ids.FirstOrDefault(i => route.Pattern.StartsWith("/api/v1/" + i.Key, StringComparison.Ordinal)).Value ?? "x");
            path = FollowUpRequests.WithQuery(path);
            // An address each, because who asks without a key may not ask often.
            var from = $"198.51.100.{lines.Count}";
            var cells = new List<int>();
            foreach (var key in keys)
            {
                cells.Add(await StatusAsync(route, path, ("X-Forwarded-For", from), key is null ? ("Accept", "application/json") : ("Authorization", "Bearer " + key)));
            }
            if (route.Pattern != "/sign-out")
            {
                cells.Add(await StatusAsync(route, path, ("X-Forwarded-For", from), ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")));
                cells.Add(await StatusAsync(route, path, ("X-Forwarded-For", from), ("Cookie", cookie), ("Sec-Fetch-Site", "cross-site")));
            }
            else
            {
                cells.AddRange([302, 302]);
            }
            lines.Add($"{route.Name,-53}{string.Join("  ", cells.Select((c, i) => i == 1 ? c + " " : c.ToString(CultureInfo.InvariantCulture)))}");
        }
        Assert.Equal(Expected, string.Join('\n', lines));
    }

    async Task<int> StatusAsync(ApiRoute route, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(route.Method), path) { Content = Answers.Json(_bodies.GetValueOrDefault(route.Name) ?? FollowUpRequests.Bodies.GetValueOrDefault(route.Name.Replace("/api/v1", "", StringComparison.Ordinal))) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await Server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return (int)response.StatusCode;
    }

    [Theory]
    [InlineData("/swagger", HttpStatusCode.MovedPermanently)]
    [InlineData("/swagger/index.html", HttpStatusCode.OK)]
    [InlineData("/swagger/v1/swagger.json", HttpStatusCode.OK)]
    public async Task What_describes_the_interface_needs_no_key(string path, HttpStatusCode expected) =>
        Assert.Equal(expected, (await Server.Http.GetAsync(path, Ct)).StatusCode);

    [Fact]
    public async Task Metrics_are_for_admins_and_for_this_machine()
    {
        var admin = await Server.ClientAsync(null, Scopes.Admin);
        async Task<HttpStatusCode> GetAsync(HttpClient http, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
            return (await http.SendAsync(request, Ct)).StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await GetAsync(Server.Http));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(admin.Http, ("X-Forwarded-For", "198.51.100.7")));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(Server.Http, ("X-Forwarded-For", "127.0.0.1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(Server.Http, ("Forwarded", "for=127.0.0.1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(Server.Http, ("X-Real-IP", "198.51.100.7")));
        // An admin key is no key for the data.
        await Answers.ProblemAsync(await admin.SendAsync(HttpMethod.Get, "/messages"), HttpStatusCode.Forbidden);
    }
}
