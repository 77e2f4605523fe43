namespace Tracker.Domain.Tokens;

/// <summary>One signing key.</summary>
/// <param name="Id">1 to 255; part of every token signed with it.</param>
/// <param name="Secret">32 random bytes.</param>
public sealed record SigningKey(byte Id, byte[] Secret);

/// <summary>The newest key signs; every key verifies, for ever, because mail that was sent cannot be called back.</summary>
public sealed class KeyRing
{
    public const int SecretLength = 32;

    readonly byte[]?[] _secrets = new byte[256][];

    /// <param name="keys">At least one; the one with the highest id signs.</param>
    /// <exception cref="ArgumentException">No key, a doubled id, id 0, or a secret that is not 32 bytes long.</exception>
    public KeyRing(IReadOnlyList<SigningKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
        {
            throw new ArgumentException("A key ring needs at least one key.", nameof(keys));
        }
        foreach (var key in keys)
        {
            if (key.Id == 0 || key.Secret.Length != SecretLength || _secrets[key.Id] is not null)
            {
                throw new ArgumentException($"Key {key.Id} is doubled, has id 0, or is not {SecretLength} bytes long.", nameof(keys));
            }
            _secrets[key.Id] = key.Secret;
        }
        Keys = [.. keys.OrderBy(k => k.Id)];
        Signer = Keys[^1];
    }

    public IReadOnlyList<SigningKey> Keys { get; }

    public SigningKey Signer { get; }

    /// <returns>Null when the ring has no such key.</returns>
    public byte[]? SecretOf(byte id) => _secrets[id];
}
