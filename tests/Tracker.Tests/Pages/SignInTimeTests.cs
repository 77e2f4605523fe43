using System.Net;
using Tracker.Access;
using Tracker.Tests.Api;
using Tracker.Tests.Support;

namespace Tracker.Tests.Pages;

/// <summary>
/// How long a wrong sign-in takes does not tell whether there is such an account: Welch's t between the times of two kinds of tries, in random order, stays below 4.5, the
/// threshold of leakage assessment (Goodwill and others, A testing methodology for side-channel resistance validation, NIST workshop 2011). No speed is asserted.
/// </summary>
public sealed class SignInTimeTests() : ApiContract(Engine.SqliteAsync)
{
    const double Threshold = 4.5;

    static readonly bool Long = Environment.GetEnvironmentVariable("TRACKER_LONG") == "1";

    static readonly int Each = Long ? 250 : 16;

    int _from;

    async Task<double> TryAsync(string email, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("email", email), new("password", password)]) };
        // An address each: after ten tries it would be told to wait.
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", $"198.51.{_from / 250}.{1 + _from++ % 250}");
        var began = TimeProvider.System.GetTimestamp();
        using var response = await Server.Http.SendAsync(request, Ct);
        var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        return took;
    }

    [Fact]
    public async Task The_time_of_a_wrong_sign_in_tells_nothing_about_the_account()
    {
        var rita = (await Server.Database.ReadAsync(Reps.ListAsync, Ct)).Single();
        var gone = await Server.RepAsync("gone@example.com");
        await Server.RepAsync("link@example.com");
        foreach (var rep in new[] { rita, gone })
        {
            await Server.PostFormAsync(await Server.CookieAsync(rep.Id), "/account/password", [("wanted", "correct horse battery staple")]);
        }
        await Server.Database.WriteAsync(s => Reps.DeactivateAsync(s, gone.Id, Server.Time.GetUtcNow()), Ct);
        (string Name, string Email, string Password)[] kinds =
        [
            ("nobody's", "nobody@example.com", "not the password"), ("a rep's", rita.Email, "not the password"), ("of one who left, with the right password", gone.Email, "correct horse battery staple"),
            .. Long ? [("of one without a password", "link@example.com", "not the password"), ("no address", "nobody", "not the password")] : ((string, string, string)[])[],
        ];
        // The first of each finds everything cold.
        foreach (var kind in kinds)
        {
            await TryAsync(kind.Email, kind.Password);
        }
        var times = kinds.ToDictionary(k => k.Name, _ => new List<double>());
        var order = Enumerable.Range(0, Each).SelectMany(_ => kinds).ToArray();
        Random.Shared.Shuffle(order);
        foreach (var kind in order)
        {
            times[kind.Name].Add(await TryAsync(kind.Email, kind.Password));
        }
        foreach (var kind in kinds.Skip(1))
        {
            var t = Welch(times[kinds[0].Name], times[kind.Name]);
            TestContext.Current.SendDiagnosticMessage($"{kind.Name}: t = {t:0.00}, medians {Median(times[kinds[0].Name]):0.0} and {Median(times[kind.Name]):0.0} ms, {Each} tries each");
            Assert.True(Math.Abs(t) < Threshold, $"{kind.Name}: t = {t:0.00}, medians {Median(times[kinds[0].Name]):0.0} and {Median(times[kind.Name]):0.0} ms");
        }
        // What would be told apart: a password too long to be one is refused without hashing.
        var unhashed = new List<double>();
        for (var i = 0; i < Each; i++)
        {
            unhashed.Add(await TryAsync(rita.Email, new string('x', Passwords.MaxLength + 1)));
        }
        Assert.True(Math.Abs(Welch(times[kinds[0].Name], unhashed)) > Threshold);
    }

    static double Welch(List<double> one, List<double> other)
    {
        var (a, b) = (Moments(one), Moments(other));
        return (a.Mean - b.Mean) / Math.Sqrt(a.Variance / one.Count + b.Variance / other.Count);
    }

    static (double Mean, double Variance) Moments(List<double> values)
    {
        var mean = values.Average();
        return (mean, values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }

    static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
