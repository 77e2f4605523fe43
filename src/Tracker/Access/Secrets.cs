using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tracker.Access;

/// <summary>Random secrets that are shown once; only their hash is stored. With 256 random bits a slow password hash would add nothing.</summary>
public static class Secrets
{
    const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
