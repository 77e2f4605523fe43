using System.Globalization;
using Tracker.Domain.Signals;

namespace Tracker.Benchmarks;

/// <summary>Who fetches what in a made-up world: each copy is read by one person with one browser in one network.</summary>
static class Visitors
{
    static readonly string[] Programs =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36 Edg/{0}.0.0.0",
    ];

    public const int Count = 12;

    public static readonly Dictionary<string, string> Headers = new()
    {
        ["accept"] = "image/avif,image/webp,*/*;q=0.8", ["accept-encoding"] = "gzip, deflate, br", ["accept-language"] = "en-GB,en;q=0.9", ["sec-fetch-dest"] = "image",
        ["sec-fetch-mode"] = "no-cors", ["sec-fetch-site"] = "cross-site",
    };

    public static int Of(long copy) => (int)(copy % Count);

    public static string UserAgent(int visitor) => string.Format(CultureInfo.InvariantCulture, Programs[visitor % Programs.Length], 138 + (visitor / Programs.Length));

    public static long SourceHash(long copy) => unchecked(copy * 0x5851F42D4C957F2D);

    public static string SourcePrefix(long copy) => string.Create(CultureInfo.InvariantCulture, $"198.51.{copy % 250}.0/24");

    /// <summary>What the rules say of such a person's look, by itself: stored hits must be as the server would have stored them, or the next look would change all of a copy's.</summary>
    public static Judgement Judgement(int visitor, DateTimeOffset sent, DateTimeOffset at, DateTimeOffset now) => Judge.Review(
        new()
        {
            SentAt = sent,
            FirstHitAt = at,
            LinkCount = World.LinksPerMessage,
            Hits =
            [
                new() { Id = 1, Kind = HitKind.Open, At = at, Method = "GET", UserAgent = UserAgent(visitor), Headers = Headers, SourcePrefix = SourcePrefix(1), SourceHash = SourceHash(1) },
            ],
        },
        now)[0];
}
