using CsCheck;
using Microsoft.AspNetCore.Http;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Hits;
using Tracker.Tests.Support;

namespace Tracker.Tests.Hits;

/// <summary>What goes into the journal comes out of it; damage is told as damage and as nothing else.</summary>
public sealed class HitRecordTests
{
    static readonly Gen<string> Words = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 100], Gen.String[Gen.Char['\u00a0', '\ud7ff'], 0, 100], Among.These("", "*/*", "ü", "\0"));

    static readonly Gen<Dictionary<string, string>> Headers = Gen.Select(
        Gen.Int[0, HitHeaders.Allowed.Count - 1], Words, (i, value) => (Name: HitHeaders.Allowed[i], value)).Array[0, 22].Select(all => all.DistinctBy(h => h.Name).ToDictionary(h => h.Name, h => h.value));

    static readonly Gen<KnownNetwork?> Networks = Gen.OneOf(
        Among.These<KnownNetwork?>(null, null), Gen.Select(Words, Among.These(Enum.GetValues<NetworkCertainty>()), Gen.Bool, (n, c, b) => (KnownNetwork?)new KnownNetwork("n" + n[..Math.Min(n.Length, 90)], c, b)));

    static readonly Gen<(CopyId Copy, Hit Hit)> Hits =
        from kind in Among.These(HitKind.Open, HitKind.Click)
        from link in Gen.Int[0, 65_535]
        from ms in Gen.Long[0, 4_102_444_800_000]
        from hash in Gen.Long
        from copy in Gen.Select(Gen.ULong, Gen.ULong, (a, b) => new CopyId(new(a, b)))
        from own in Among.These(Enum.GetValues<OwnVisit>())
        from method in Among.These("GET", "HEAD", "POST", "PROPFIND", "")
        from prefix in Among.These("198.51.100.0/24", "2001:db8:1::/48")
        from agent in Words
        from network in Networks
        from headers in Headers
        select (copy, new Hit
        {
            Id = 42, Kind = kind, Link = kind == HitKind.Click ? link : null, At = DateTimeOffset.FromUnixTimeMilliseconds(ms), Method = method, UserAgent = agent,
            Headers = headers, Network = network, SourcePrefix = prefix, SourceHash = hash, OwnVisit = own,
        });

    static byte[] Write(CopyId copy, Hit hit)
    {
        var writer = new HitRecord.Writer(new byte[HitRecord.Writer.MaxLength]);
        writer.Head(hit.Kind, hit.OwnVisit, hit.Link ?? 0, hit.At, hit.SourceHash, copy);
        writer.Text(hit.Method, 16);
        writer.Text(hit.SourcePrefix, 48);
        writer.Text(hit.UserAgent, HitHeaders.MaxUserAgent);
        writer.Network(hit.Network);
        var headers = new HeaderDictionary();
        foreach (var (name, value) in hit.Headers)
        {
            headers[name] = value;
        }
        writer.Headers(headers);
        return writer.Written.ToArray();
    }

    /// <summary>A referring page's path is dropped on writing; everything else is kept.</summary>
    static Hit AsKept(Hit hit) => hit with
    {
        Headers = hit.Headers.ToDictionary(h => h.Key, h => HitHeaders.Reduce(HitHeaders.Allowed.ToList().IndexOf(h.Key), h.Value).ToString()),
    };

    [Fact]
    public void Every_hit_reads_as_it_was_written() => Hits.Sample(made =>
    {
        var read = HitRecord.Read(42, Write(made.Copy, made.Hit));
        var kept = AsKept(made.Hit);
        Assert.Equal(made.Copy, read.Copy);
        Assert.Equal(kept.Headers.OrderBy(h => h.Key), read.Facts.Headers.OrderBy(h => h.Key));
        Assert.Equal(kept with { Headers = read.Facts.Headers }, read.Facts);
    }, iter: 3_000);

    [Fact]
    public void Every_truncation_is_damage_and_nothing_else() => Hits.Sample(made =>
    {
        var bytes = Write(made.Copy, made.Hit);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<DamagedHitException>(() => HitRecord.Read(42, bytes.AsSpan(0, length)));
        }
    }, iter: 100);

    [Fact]
    public void Any_bytes_are_a_hit_or_damage() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool).Sample((bytes, ours) =>
    {
        if (ours && bytes.Length > 13)
        {
            // So that it gets past the format and the kind.
            (bytes[0], bytes[1], bytes[11], bytes[12]) = (1, 0, 0, 0);
        }
        try
        {
            Assert.Equal(42, HitRecord.Read(42, bytes).Facts.Id);
        }
        catch (DamagedHitException e)
        {
            Assert.Contains("42", e.Message, StringComparison.Ordinal);
        }
    }, iter: 20_000);

    [Fact]
    public void A_flipped_bit_is_a_hit_or_damage() => Gen.Select(Hits, Gen.Int[0, 20_000]).Sample((made, at) =>
    {
        var bytes = Write(made.Copy, made.Hit);
        bytes[at / 8 % bytes.Length] ^= (byte)(1 << at % 8);
        try
        {
            HitRecord.Read(42, bytes);
        }
        catch (DamagedHitException)
        {
        }
    }, iter: 3_000);

    [Fact]
    public void The_longest_hit_there_can_be_fits()
    {
        var wide = new string('\uffee', 20_000);
        var headers = HitHeaders.Allowed.ToDictionary(h => h, _ => wide);
        var hit = new Hit
        {
            Id = 42, Kind = HitKind.Click, Link = 65_535, At = DateTimeOffset.MaxValue, Method = wide, UserAgent = wide, Headers = headers, SourcePrefix = wide, SourceHash = -1,
            Network = new(wide, NetworkCertainty.Certain, true),
        };
        var read = HitRecord.Read(42, Write(default, hit));
        Assert.Equal(HitHeaders.Allowed.Count, read.Facts.Headers.Count);
        Assert.Equal(HitHeaders.MaxUserAgent, read.Facts.UserAgent.Length);
    }

    [Fact]
    public void Every_header_that_a_rule_reads_is_kept() => Assert.Subset(HitHeaders.Allowed.ToHashSet(), SignalHeaders.All.ToHashSet());

    [Fact]
    public void The_order_of_kept_headers_is_the_journals_format() => Assert.StartsWith(
        "accept accept-encoding accept-language referer sec-purpose purpose x-moz x-purpose sec-fetch-site sec-fetch-mode sec-fetch-dest sec-fetch-user sec-ch-ua "
        + "sec-ch-ua-mobile sec-ch-ua-platform upgrade-insecure-requests range via x-native-host x-request-id sec-gpc from",
        string.Join(' ', HitHeaders.Allowed), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://mail.example.com/inbox/paul@customer.example?x=1", "https://mail.example.com")]
    [InlineData("https://mail.example.com?x", "https://mail.example.com")]
    [InlineData("https://mail.example.com#x", "https://mail.example.com")]
    [InlineData("android-app://com.google.android.gm/", "android-app://com.google.android.gm")]
    [InlineData("mail.example.com/inbox", "mail.example.com")]
    [InlineData("https://paul:secret@mail.example.com/", "mail.example.com")]
    [InlineData("", "")]
    public void Of_a_referring_page_only_scheme_and_host_are_kept(string value, string kept) =>
        Assert.Equal(kept, HitHeaders.Reduce(HitHeaders.Allowed.ToList().IndexOf("referer"), value).ToString());
}
