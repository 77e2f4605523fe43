using System.Buffers.Text;
using System.Security.Cryptography;
using Tracker.Domain.Tokens;

namespace Tracker.Tests.Tokens;

/// <summary>R1. Nothing verifies but what was signed, letter for letter.</summary>
public sealed class ForgeryTests
{
    const string Url = "https://example.com/pricing?a=b";
    static readonly KeyRing Ring = new([Key(1)]);
    static readonly CopyId Copy = new(UInt128.MaxValue / 7);

    static SigningKey Key(byte id) => new(id, RandomNumberGenerator.GetBytes(KeyRing.SecretLength));

    static string Token(TokenPurpose purpose, KeyRing? ring = null, string url = Url) =>
        TokenCodec.Sign(ring ?? Ring, purpose, Copy, 0, purpose == TokenPurpose.Click ? url : null);

    static bool Verifies(TokenPurpose purpose, string text, KeyRing? ring = null) => TokenCodec.TryVerify(ring ?? Ring, purpose, text, out _);

    public static TheoryData<TokenPurpose> Purposes => [TokenPurpose.Open, TokenPurpose.Click, TokenPurpose.OptOut];

    [Theory, MemberData(nameof(Purposes))]
    public void Every_flipped_bit_of_the_text_is_refused(TokenPurpose purpose)
    {
        var text = Token(purpose);
        for (var at = 0; at < text.Length; at++)
        {
            for (var bit = 0; bit < 16; bit++)
            {
                var flipped = text.ToCharArray();
                flipped[at] ^= (char)(1 << bit);
                Assert.False(Verifies(purpose, new(flipped)), $"bit {bit} of character {at}");
            }
        }
    }

    [Theory, MemberData(nameof(Purposes))]
    public void Every_flipped_bit_of_the_bytes_is_refused(TokenPurpose purpose)
    {
        // All lengths of the last base64 group.
        foreach (var url in Enumerable.Range(0, Faults.Rounds.Of(3, 350)).Select(n => Url + new string('1', n)))
        {
            var bytes = Base64Url.DecodeFromChars(Token(purpose, url: url));
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var flipped = (byte[])bytes.Clone();
                flipped[bit / 8] ^= (byte)(1 << bit % 8);
                Assert.False(Verifies(purpose, Base64Url.EncodeToString(flipped)), $"bit {bit}");
            }
        }
    }

    [Theory, MemberData(nameof(Purposes))]
    public void Every_truncation_is_refused(TokenPurpose purpose)
    {
        var text = Token(purpose);
        for (var length = 0; length < text.Length; length++)
        {
            Assert.False(Verifies(purpose, text[..length]), $"first {length} characters");
            Assert.False(Verifies(purpose, text[^length..]), $"last {length} characters");
        }
        var bytes = Base64Url.DecodeFromChars(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(Verifies(purpose, Base64Url.EncodeToString(bytes.AsSpan(0, length))), $"first {length} bytes");
        }
    }

    [Fact]
    public void A_token_serves_its_own_purpose_only()
    {
        foreach (var made in Enum.GetValues<TokenPurpose>())
        {
            foreach (var asked in Enum.GetValues<TokenPurpose>())
            {
                Assert.Equal(made == asked, Verifies(asked, Token(made)));
            }
        }
    }

    [Theory, MemberData(nameof(Purposes))]
    public void A_token_has_one_spelling(TokenPurpose purpose)
    {
        foreach (var url in new[] { Url, Url + "1", Url + "22" })
        {
            var text = Token(purpose, url: url);
            Assert.True(Verifies(purpose, text));
            foreach (var other in Spellings(text))
            {
                Assert.False(Verifies(purpose, other), other);
            }
        }
    }

    static IEnumerable<string> Spellings(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
        foreach (var end in new[] { "=", "==", "===", "A", "AA", "AAA", "AAAA", ".", "\0", "%3D", "/" })
        {
            yield return text + end;
        }
        foreach (var space in " \t\r\n\f\v\u00a0\u2003\ufeff")
        {
            yield return text + space;
            yield return space + text;
            yield return text.Insert(text.Length / 2, space.ToString());
        }
        foreach (var last in Alphabet.Where(c => c != text[^1]))
        {
            // Where bits of the last character are unused, some of these decode to the very same bytes.
            yield return text[..^1] + last;
        }
        yield return text.Replace('-', '+').Replace('_', '/') + "=";
        yield return text.ToUpperInvariant();
        yield return text.ToLowerInvariant();
        yield return string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)(c - 'A' + '\uff21') : c));
        yield return text + text;
    }

    [Fact]
    public void Another_installations_key_is_refused_though_its_id_is_the_same() => Assert.False(Verifies(TokenPurpose.Open, Token(TokenPurpose.Open, new([Key(1)]))));

    [Fact]
    public void An_unknown_key_id_is_refused()
    {
        var first = Key(1);
        Assert.False(Verifies(TokenPurpose.Open, Token(TokenPurpose.Open, new([first, Key(2)])), new([first])));
    }

    [Fact]
    public void After_a_rotation_the_newest_key_signs_and_every_old_one_verifies()
    {
        var keys = new List<SigningKey>();
        var sent = new List<string>();
        for (byte id = 1; id <= 20; id++)
        {
            keys.Add(Key(id));
            // In whatever order the file holds them.
            var ring = new KeyRing([.. keys.AsEnumerable().Reverse()]);
            sent.Add(Token(TokenPurpose.Click, ring));
            for (var i = 0; i < sent.Count; i++)
            {
                Assert.True(TokenCodec.TryVerify(ring, TokenPurpose.Click, sent[i], out var content));
                Assert.Equal((i + 1, Url), (content.KeyId, content.Destination));
            }
        }
    }

    [Fact]
    public void A_ring_that_could_not_verify_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new KeyRing([]));
        Assert.Throws<ArgumentException>(() => new KeyRing([Key(0)]));
        Assert.Throws<ArgumentException>(() => new KeyRing([Key(3), Key(3)]));
        Assert.Throws<ArgumentException>(() => new KeyRing([new(1, new byte[31])]));
    }

    [Fact]
    public void Random_tokens_are_refused()
    {
        var random = new Random(2026);
        for (var i = 0; i < Faults.Rounds.Of(100_000, 1_000_000); i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (i % 2 == 0 && bytes.Length > 2)
            {
                // So that half of them get as far as the MAC.
                (bytes[0], bytes[1]) = (1, 1);
            }
            Assert.False(Verifies((TokenPurpose)(i % 3), Base64Url.EncodeToString(bytes)));
        }
    }
}
