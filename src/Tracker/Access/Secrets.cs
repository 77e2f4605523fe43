using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tracker.Access;

/// <summary>Random secrets that are shown once; only their hash is stored. With 256 random bits a slow password hash would add nothing.</summary>
public static class Secrets
{
    const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Base64url of 32 bytes: 43 characters.</summary>
    public static bool LooksLikeOne(string text) => text.Length == 43 && Base64Url.IsValid(text);

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
