using Tracker.Domain.Tokens;

namespace Tracker.Tests.Tokens;

/// <summary>
/// Version 1, frozen: mail already sent carries it. The texts were worked out apart from this program, with another language's HMAC-SHA256 and base64url:
/// <c>b = 01 07 | copy | tail; base64url(b + hmac(key, label + 00 + b)[:16])</c>. When a test here fails, the code is wrong, never the text.
/// </summary>
public sealed class FrozenVectorTests
{
    static readonly KeyRing Ring = new([new(7, [.. Enumerable.Range(0, 32).Select(i => (byte)i)])]);
    static readonly CopyId Copy = CopyId.FromBytes(Convert.FromHexString("00112233445566778899aabbccddeeff"));

    [Theory]
    [InlineData(TokenPurpose.Open, 0, null, "AQcAESIzRFVmd4iZqrvM3e7_TwfV5DAbD3blmtOVwpfrVQ")]
    [InlineData(TokenPurpose.OptOut, 0, null, "AQcAESIzRFVmd4iZqrvM3e7_lX1-ge0wVlWcXuQjX5fbWw")]
    [InlineData(TokenPurpose.Click, 0x0102, "https://example.com/a?b=c&d=%20e#f",
        "AQcAESIzRFVmd4iZqrvM3e7_AQJodHRwczovL2V4YW1wbGUuY29tL2E_Yj1jJmQ9JTIwZSNmjHc0AWM5u_HCLkZsIfLGJg")]
    [InlineData(TokenPurpose.Click, 3, "http://bücher.example/straße?ü=1",
        "AQcAESIzRFVmd4iZqrvM3e7_AANodHRwOi8vYsO8Y2hlci5leGFtcGxlL3N0cmHDn2U_w7w9MV-yHV-515CGoapSao7NH8g")]
    public void Version_1_is_spelt_like_this_for_ever(TokenPurpose purpose, int link, string? destination, string text)
    {
        Assert.Equal(text, TokenCodec.Sign(Ring, purpose, Copy, link, destination));
        Assert.True(TokenCodec.TryVerify(Ring, purpose, text, out var content));
        Assert.Equal(new(purpose, 7, Copy, link, destination), content);
    }

    [Fact]
    public void A_copy_id_reads_as_it_was_written() => Assert.Equal("00112233445566778899aabbccddeeff", Copy.ToString());
}
