using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tracker.Domain.Tokens;

/// <summary>
/// Makes and verifies the tokens inside tracking addresses: base64url, without padding, of
/// <c>version (1) | key id (1) | copy id (16) | for a click: link index (2, big-endian) and the destination's UTF-8 bytes | HMAC-SHA256 cut to 16 bytes</c>.
/// The MAC covers a purpose label and everything before it. Version 1 is frozen: mail already sent carries it.
/// </summary>
public static class TokenCodec
{
    /// <summary>Longest tracking address, in characters. Desktop Outlook is reported to cut at 1,024 (codenote.net, 2022).</summary>
    public const int MaxLinkLength = 1000;

    const byte Version = 1;
    const int HeadLength = 2 + CopyId.Length;
    const int LinkLength = 2;
    const int MacLength = 16;
    const int MaxTokenBytes = 1024;
    const int MaxTokenLength = (MaxTokenBytes * 4 + 2) / 3;
    const int MaxLabelLength = 8;

    [ThreadStatic] static (byte[] Secret, IncrementalHash Hash)? t_hash;

    /// <exception cref="ArgumentException">For a click: the destination is not an absolute http or https URL that can stand in a header, or too long to ever fit.</exception>
    public static string Sign(KeyRing ring, TokenPurpose purpose, CopyId copy, int link = 0, string? destination = null)
    {
        ArgumentNullException.ThrowIfNull(ring);
        if ((purpose == TokenPurpose.Click) != (destination is not null))
        {
            throw new ArgumentException("A click has a destination, nothing else has.", nameof(destination));
        }
        if (destination is not null && !Destinations.IsAllowed(destination))
        {
            throw new ArgumentException("Only absolute http and https URLs can be tracked.", nameof(destination));
        }
        var tail = destination is null ? 0 : LinkLength + Encoding.UTF8.GetByteCount(destination);
        if (HeadLength + tail + MacLength > MaxTokenBytes)
        {
            throw new ArgumentException($"A destination of {tail - LinkLength} bytes never fits a link of {MaxLinkLength} characters.", nameof(destination));
        }
        Span<byte> token = stackalloc byte[HeadLength + tail + MacLength];
        token[0] = Version;
        token[1] = ring.Signer.Id;
        copy.CopyTo(token[2..]);
        if (destination is not null)
        {
            BinaryPrimitives.WriteUInt16BigEndian(token[HeadLength..], checked((ushort)link));
            Encoding.UTF8.GetBytes(destination, token[(HeadLength + LinkLength)..]);
        }
        Mac(ring.Signer.Secret, purpose, token[..^MacLength], token[^MacLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Verifies without any look-up. The reason of a refusal is not told: to the asker every refusal is the same.</summary>
    /// <returns>False for anything that this ring did not sign for this purpose, letter for letter.</returns>
    public static bool TryVerify(KeyRing ring, TokenPurpose purpose, ReadOnlySpan<char> text, out TokenContent content)
    {
        ArgumentNullException.ThrowIfNull(ring);
        content = default;
        Span<byte> buffer = stackalloc byte[MaxTokenBytes];
        if (text.Length > MaxTokenLength || !TryDecode(text, buffer, out var length) || length < HeadLength + MacLength)
        {
            return false;
        }
        var token = buffer[..length];
        if (token[0] != Version || ring.SecretOf(token[1]) is not { } secret)
        {
            return false;
        }
        Span<byte> mac = stackalloc byte[MacLength];
        Mac(secret, purpose, token[..^MacLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, token[^MacLength..]))
        {
            return false;
        }
        var tail = token[HeadLength..^MacLength];
        var copy = CopyId.FromBytes(token[2..HeadLength]);
        if (purpose != TokenPurpose.Click)
        {
            content = new(purpose, token[1], copy, 0, null);
            return tail.IsEmpty;
        }
        if (tail.Length <= LinkLength)
        {
            return false;
        }
        var destination = Encoding.UTF8.GetString(tail[LinkLength..]);
        content = new(purpose, token[1], copy, BinaryPrimitives.ReadUInt16BigEndian(tail), destination);
        return Destinations.IsAllowed(destination);
    }

    /// <summary>
    /// Strict: padding, white space and the unused low bits of the last character must be as the encoder leaves them, so that a token has one
    /// spelling and a changed bit anywhere is refused.
    /// </summary>
    static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return false;
            }
        }
        // Not TryDecodeFromChars: that throws on a text that is no base64url.
        if (Base64Url.DecodeFromChars(text, bytes, out _, out length) != OperationStatus.Done)
        {
            return false;
        }
        Span<char> last = stackalloc char[4];
        var rest = length % 3;
        return rest == 0 || (Base64Url.TryEncodeToChars(bytes[(length - rest)..length], last, out var written) && text[^1] == last[written - 1]);
    }

    static void Mac(byte[] secret, TokenPurpose purpose, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        // The purpose is under the MAC but not in the token: swapping /o/, /c/ and /u/ makes a forgery.
        var label = purpose switch
        {
            TokenPurpose.Open => "o1\0"u8,
            TokenPurpose.Click => "c1\0"u8,
            TokenPurpose.OptOut => "u1\0"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(purpose)),
        };
        Span<byte> signed = stackalloc byte[MaxTokenBytes + MaxLabelLength];
        label.CopyTo(signed);
        body.CopyTo(signed[label.Length..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // One made per call costs twice as much as one used again. It is put back only when nothing went wrong.
        var hash = t_hash is { } kept && ReferenceEquals(kept.Secret, secret) ? kept.Hash : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        t_hash = null;
        hash.AppendData(signed[..(label.Length + body.Length)]);
        hash.GetHashAndReset(full);
        t_hash = (secret, hash);
        full[..MacLength].CopyTo(mac);
    }
}
