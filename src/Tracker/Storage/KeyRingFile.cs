using System.Security.Cryptography;
using System.Text.Json;
using Tracker.Domain.Tokens;

namespace Tracker.Storage;

/// <summary>The signing keys, in a file of their own: links must work without the database, and a stolen database must not forge them.</summary>
public static class KeyRingFile
{
    /// <param name="SignsFrom">Before that it verifies only, so that every server knows it before the first link signed with it is followed; null: at once.</param>
    sealed record Entry(byte Id, byte[] Secret, DateTimeOffset CreatedAt, DateTimeOffset? SignsFrom = null);

    sealed record Content(IReadOnlyList<Entry> Keys);

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Reads the ring, or makes one with a first key.</summary>
    /// <exception cref="InvalidDataException">The file is there but unusable. It is never replaced: every link ever sent depends on it.</exception>
    public static KeyRing Open(string file, DateTimeOffset now)
    {
        if (!File.Exists(file))
        {
            Save(file, new([new(1, RandomNumberGenerator.GetBytes(KeyRing.SecretLength), now)]));
        }
        return Read(file, now);
    }

    /// <summary>Reads the ring and makes none.</summary>
    /// <exception cref="InvalidDataException">The file is unusable.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static KeyRing Read(string file, DateTimeOffset now) => Read(File.ReadAllBytes(file), file, now);

    /// <param name="name">For the error.</param>
    /// <exception cref="InvalidDataException">The content is unusable.</exception>
    public static KeyRing Read(ReadOnlySpan<byte> content, string name, DateTimeOffset now)
    {
        try
        {
            return ToRing(JsonSerializer.Deserialize<Content>(content, Json)!, now);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NullReferenceException)
        {
            throw new InvalidDataException($"The key ring {name} cannot be used: {e.Message} Put it back from a backup; without it no link that was ever sent works.", e);
        }
    }

    /// <summary>Adds a key. It verifies as soon as a server has read the file, and signs after <paramref name="signsIn"/>; the earlier keys verify for ever.</summary>
    /// <exception cref="InvalidDataException">The file is unusable, or has as many keys as a ring can have.</exception>
    /// <exception cref="FileNotFoundException">There is no ring to add to.</exception>
    public static async Task<SigningKey> AddAsync(string file, TimeSpan signsIn, TimeProvider time, CancellationToken ct)
    {
        using var turn = await SecretFile.LockAsync(file, time, ct);
        var now = time.GetUtcNow();
        var ring = Read(file, now);
        if (ring.Keys.Count == KeyRing.MostKeys || ring.Keys[^1].Id == byte.MaxValue)
        {
            throw new InvalidDataException($"The key ring {file} has {ring.Keys.Count} keys, and no id is left for another. Links go on working with those it has.");
        }
        var key = new SigningKey((byte)(ring.Keys[^1].Id + 1), RandomNumberGenerator.GetBytes(KeyRing.SecretLength));
        var content = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(file), Json)!;
        Save(file, new([.. content.Keys, new(key.Id, key.Secret, now, now + signsIn)]));
        return key;
    }

    static void Save(string file, Content content) => SecretFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(content, Json));

    static KeyRing ToRing(Content content, DateTimeOffset now)
    {
        var signers = content.Keys.Where(k => k.SignsFrom is not { } from || from <= now).ToList();
        return new([.. content.Keys.Select(k => new SigningKey(k.Id, k.Secret))], (signers.Count > 0 ? signers : content.Keys).Max(k => k.Id));
    }
}
