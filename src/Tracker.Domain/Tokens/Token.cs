namespace Tracker.Domain.Tokens;

/// <summary>What a token may be used for. A token for one purpose never verifies as another.</summary>
public enum TokenPurpose
{
    Open,
    Click,
    OptOut,
}

/// <summary>The 16 random bytes that name one copy inside its tokens.</summary>
public readonly record struct CopyId(UInt128 Value)
{
    public const int Length = 16;

    public static CopyId FromBytes(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void CopyTo(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What a verified token says.</summary>
/// <param name="KeyId">Which key of the ring signed it.</param>
/// <param name="Link">Index of the link, for a click; else 0.</param>
/// <param name="Destination">The author's URL byte for byte, for a click; else null.</param>
public readonly record struct TokenContent(TokenPurpose Purpose, byte KeyId, CopyId Copy, int Link, string? Destination);
