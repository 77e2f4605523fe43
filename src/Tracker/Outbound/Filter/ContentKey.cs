using System.Buffers.Binary;
using System.Security.Cryptography;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Outbound.Filter;

/// <summary>Tells that two deliveries carry one mail: a retry, or the next recipient. Lines that mail servers add on the way count for nothing.</summary>
static class ContentKey
{
    static readonly string[] Trace = ["Received", "Return-Path", "Delivered-To", "X-Original-To"];

    /// <returns>SHA-256 of whose mail it is and what it says, its Message-ID included, as 64 hexadecimal digits.</returns>
    public static string Of(long repId, HeaderBlock headers, ReadOnlyMemory<byte> mail)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rep = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(rep, repId);
        hash.AppendData(rep);
        foreach (var piece in Edit.Apply(mail, headers.Cuts(Trace)))
        {
            hash.AppendData(piece.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
