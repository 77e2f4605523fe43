using System.Security.Cryptography;

namespace Tracker.Domain.Tokens;

/// <summary>One signing key.</summary>
/// <param name="Id">1 to 255; part of every token signed with it.</param>
/// <param name="Secret">32 random bytes.</param>
public sealed record SigningKey(byte Id, byte[] Secret)
{
    const int FingerprintBytes = 8;

    /// <summary>16 hexadecimal digits that tell this key from another and reveal nothing of it.</summary>
    public string Fingerprint => Convert.ToHexStringLower(HMACSHA256.HashData(Secret, "fingerprint"u8).AsSpan(0, FingerprintBytes));
}

/// <summary>
/// One key signs; every key verifies, for ever, because mail that was sent cannot be called back. Keys can be added while the ring is in use, and
/// none is ever taken away. Thread-safe.
/// </summary>
public sealed class KeyRing
{
    public const int SecretLength = 32;

    /// <summary>A key's id is one byte of every token, and 0 is none.</summary>
    public const int MostKeys = byte.MaxValue;

    sealed record State(byte[]?[] Secrets, IReadOnlyList<SigningKey> Keys, SigningKey Signer);

    volatile State _state;

    /// <param name="keys">At least one.</param>
    /// <param name="signer">Which of them signs; null: the one with the highest id.</param>
    /// <exception cref="ArgumentException">No key, a doubled id, id 0, a secret that is not 32 bytes long, or no such signer.</exception>
    public KeyRing(IReadOnlyList<SigningKey> keys, byte? signer = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _state = Build(keys, signer);
    }

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<SigningKey> Keys => _state.Keys;

    public SigningKey Signer => _state.Signer;

    /// <returns>Null when the ring has no such key.</returns>
    public byte[]? SecretOf(byte id) => _state.Secrets[id];

    /// <summary>Adds the keys of <paramref name="newer"/> and signs with its signer from now on. For one caller at a time.</summary>
    /// <exception cref="ArgumentException">A key has another secret there: links signed with ours would stop working.</exception>
    public void Take(KeyRing newer)
    {
        ArgumentNullException.ThrowIfNull(newer);
        var added = new List<SigningKey>();
        foreach (var key in newer.Keys)
        {
            if (SecretOf(key.Id) is not { } own)
            {
                added.Add(key);
            }
            else if (!CryptographicOperations.FixedTimeEquals(own, key.Secret))
            {
                throw new ArgumentException($"Key {key.Id} is another key than the one in use.", nameof(newer));
            }
        }
        _state = Build([.. Keys, .. added], newer.Signer.Id);
    }

    static State Build(IReadOnlyList<SigningKey> keys, byte? signer)
    {
        if (keys.Count == 0)
        {
            throw new ArgumentException("A key ring needs at least one key.", nameof(keys));
        }
        var secrets = new byte[256][];
        foreach (var key in keys)
        {
            if (key.Id == 0 || key.Secret.Length != SecretLength || secrets[key.Id] is not null)
            {
                throw new ArgumentException($"Key {key.Id} is doubled, has id 0, or is not {SecretLength} bytes long.", nameof(keys));
            }
            secrets[key.Id] = key.Secret;
        }
        List<SigningKey> ordered = [.. keys.OrderBy(k => k.Id)];
        return new(secrets, ordered, signer is null ? ordered[^1]
            : ordered.Find(k => k.Id == signer) ?? throw new ArgumentException($"There is no key {signer} to sign with.", nameof(signer)));
    }
}
