using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Servers;

/// <summary>
/// Keeps a password out of the database and its backups' dump: AES-256-GCM with a key derived (HKDF, RFC 5869) from a key of the key ring, which is a file of its own. What it
/// is sealed with it opens with alone: whoever can write the database still cannot have the password sent to another server, or readable on the way.
/// Written as <c>1.KEY-ID.base64url(nonce, tag, ciphertext)</c>.
/// </summary>
public static class PasswordSeal
{
    const string Version = "1";

    static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize, TagLength = AesGcm.TagByteSizes.MaxSize;

    /// <param name="belongsTo">What the password is for; opens only together with the same.</param>
    public static string Seal(KeyRing ring, string password, string belongsTo)
    {
        var text = Encoding.UTF8.GetBytes(password);
        var whole = new byte[NonceLength + TagLength + text.Length];
        var (nonce, tag, cipher) = Parts(whole);
        RandomNumberGenerator.Fill(nonce.Span);
        var key = ring.Signer;
        using var aes = new AesGcm(KeyOf(key.Secret), TagLength);
        aes.Encrypt(nonce.Span, text, cipher.Span, tag.Span, Encoding.UTF8.GetBytes(belongsTo));
        return $"{Version}.{key.Id}.{Base64Url.EncodeToString(whole)}";
    }

    /// <exception cref="IOException">The key is not in this server's ring, or what was stored has been changed.</exception>
    public static string Open(KeyRing ring, string kept, string belongsTo)
    {
        var fields = kept.Split('.');
        if (fields is not [Version, var id, var data] || !byte.TryParse(id, out var number) || !Base64Url.IsValid(data))
        {
            throw new IOException("the stored password is damaged: type it again under Settings, Outgoing mail");
        }
        if (ring.SecretOf(number) is not { } secret)
        {
            throw new IOException($"the stored password was sealed with key {number}, which this server's key ring lacks: copy the key ring (docs/operations.md), or type the password again under Settings, Outgoing mail");
        }
        try
        {
            var whole = Base64Url.DecodeFromChars(data);
            var (nonce, tag, cipher) = Parts(whole);
            var text = new byte[cipher.Length];
            using var aes = new AesGcm(KeyOf(secret), TagLength);
            aes.Decrypt(nonce.Span, cipher.Span, tag.Span, text, Encoding.UTF8.GetBytes(belongsTo));
            return Encoding.UTF8.GetString(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentOutOfRangeException)
        {
            throw new IOException("the stored password does not belong to this account's server and user, or is damaged: type it again under Settings, Outgoing mail", e);
        }
    }

    static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Cipher) Parts(Memory<byte> whole) =>
        (whole[..NonceLength], whole.Slice(NonceLength, TagLength), whole[(NonceLength + TagLength)..]);

    static byte[] KeyOf(byte[] secret) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "tracker: password of a mail account"u8.ToArray());
}
