using System.Security.Cryptography;
using System.Text;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Outbound.Filter;

/// <summary>
/// A header line that says "this mail has been through this filter", so that a loop is seen. Under a MAC and tied to the mail's Message-ID: a stranger
/// can neither make one nor move one to another mail. The same for every recipient of a mail.
/// </summary>
static class PassMarker
{
    public const string Header = "X-Tracker-Pass";

    const int MacLength = 16;

    public static byte[] Line(KeyRing ring, HeaderBlock headers) =>
        Encoding.ASCII.GetBytes($"{Header}: {ring.Signer.Id}.{Convert.ToHexStringLower(Mac(ring.Signer.Secret, headers))}\r\n");

    /// <summary>How often this mail has been here.</summary>
    public static int Count(KeyRing ring, HeaderBlock headers) => headers.Values(Header).Count(value => IsOurs(ring, headers, Encoding.ASCII.GetString(value.Span).Trim()));

    static bool IsOurs(KeyRing ring, HeaderBlock headers, string value) =>
        value.Split('.') is [var id, { Length: MacLength * 2 } mac] && byte.TryParse(id, out var key) && ring.SecretOf(key) is { } secret
        && mac.All(char.IsAsciiHexDigitLower) && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(mac), Mac(secret, headers));

    static byte[] Mac(byte[] secret, HeaderBlock headers)
    {
        // The label keeps this apart from everything else that is signed with the key.
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData("pass1\0"u8);
        mac.AppendData(headers.Values("Message-ID").FirstOrDefault().Span.Trim(" \t\r\n"u8));
        return mac.GetHashAndReset()[..MacLength];
    }
}
