using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tracker.Access;

/// <summary>
/// What a form of the page must bring along, so that no other site can post in a rep's name. Derived from the session's secret: nothing to store, valid as
/// long as the session is, also after a restart, and worth nothing in another session.
/// </summary>
public static class FormToken
{
    public const string Field = "formToken", Header = "X-Form-Token";

    static ReadOnlySpan<byte> Purpose => "tracker form"u8;

    public static string Of(string sessionToken) => Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(sessionToken), Purpose));

    public static bool IsRight(string sessionToken, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Of(sessionToken)), Encoding.UTF8.GetBytes(given));
}
