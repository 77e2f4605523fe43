using System.Security.Cryptography;
using System.Text.Json;
using Tracker.Domain.Tokens;

namespace Tracker.Storage;

/// <summary>The signing keys, in a file of their own: links must work without the database, and a stolen database must not forge them.</summary>
public static class KeyRingFile
{
    sealed record Entry(byte Id, byte[] Secret, DateTimeOffset CreatedAt);

    sealed record Content(IReadOnlyList<Entry> Keys);

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads the ring, or makes one with a first key.</summary>
    /// <exception cref="InvalidDataException">The file is there but unusable. It is never replaced: every link ever sent depends on it.</exception>
    public static KeyRing Open(string file, DateTimeOffset now)
    {
        if (!File.Exists(file))
        {
            var first = new Content([new(1, RandomNumberGenerator.GetBytes(KeyRing.SecretLength), now)]);
            SecretFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(first, Json));
        }
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(file), Json);
            return new([.. content!.Keys.Select(k => new SigningKey(k.Id, k.Secret))]);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NullReferenceException)
        {
            throw new InvalidDataException($"The key ring {file} cannot be used: {e.Message} Put it back from a backup; without it no link that was ever sent works.", e);
        }
    }
}
