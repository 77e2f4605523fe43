using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Tracker.Storage;

namespace Tracker.Hits;

/// <summary>
/// Tells sources apart without keeping addresses: a hash under a key that changes every UTC day. Each day's key is made from the day's before, which is
/// then forgotten, so nobody, not even with this file in hand, can match an address against hits of earlier days. Servers that share a first key agree.
/// </summary>
public sealed class AddressKey
{
    sealed record Stored(DateOnly Day, byte[] Key);

    readonly string _file;
    readonly Lock _turn = new();
    volatile Stored _today;
    Stored _saved; // Only Save touches it.

    AddressKey(string file, Stored today) => (_file, _today, _saved) = (file, today, today);

    /// <exception cref="InvalidDataException">The file is there but is not ours; it names the way out.</exception>
    public static AddressKey Open(string file, DateTimeOffset now)
    {
        if (!File.Exists(file))
        {
            var first = new Stored(DayOf(now), RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));
            SecretFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(first));
            return new(file, first);
        }
        try
        {
            return JsonSerializer.Deserialize<Stored>(File.ReadAllBytes(file)) is { Key.Length: HMACSHA256.HashSizeInBytes } today
                ? new(file, today)
                : throw new JsonException($"there is no key of {HMACSHA256.HashSizeInBytes} bytes");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The file {file} is damaged ({e.Message}). Delete it: a new one is made, and today's hits can no longer be matched with each other.", e);
        }
    }

    [ThreadStatic] static (byte[] Key, IncrementalHash Hash)? t_hash;

    /// <summary>Equal for the same address on the same UTC day, else unrelated.</summary>
    public long HashOf(IPAddress address, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var key = KeyOf(DayOf(at));
        // One made per call costs twice as much as one used again. It is put back only when nothing went wrong.
        var keyed = t_hash is { } kept && ReferenceEquals(kept.Key, key) ? kept.Hash : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        t_hash = null;
        keyed.AppendData(bytes[..length]);
        keyed.GetHashAndReset(hash);
        t_hash = (key, keyed);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    byte[] KeyOf(DateOnly day)
    {
        var today = _today;
        // A clock that steps back keeps the later key: the earlier one is gone for good.
        if (day <= today.Day)
        {
            return today.Key;
        }
        lock (_turn)
        {
            while (_today.Day < day)
            {
                _today = new(_today.Day.AddDays(1), HMACSHA256.HashData(_today.Key, "next day"u8));
            }
            return _today.Key;
        }
    }

    /// <summary>
    /// Brings the file to today, so that yesterday's key is forgotten there too. Off the request path, since it waits for the disk; a restart before it
    /// loses nothing, because each day's key follows from the day's before. For one caller at a time.
    /// </summary>
    /// <returns>False when the disk does not take it now.</returns>
    public bool Save(DateTimeOffset now)
    {
        KeyOf(DayOf(now));
        var today = _today;
        if (today == _saved)
        {
            return true;
        }
        if (!SecretFile.TryWrite(_file, JsonSerializer.SerializeToUtf8Bytes(today)))
        {
            return false;
        }
        _saved = today;
        return true;
    }

    static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}
