using System.Buffers;
using System.Buffers.Text;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Decodes base64 block by block. White space is passed over first, because a decoder that has to look for it is several times slower.</summary>
ref struct Base64Reader(ReadOnlySpan<byte> encoded)
{
    const int GroupChars = 4;
    const int GroupBytes = 3;

    readonly ReadOnlySpan<byte> _encoded = encoded.TrimEnd(WhiteSpace);
    int _at;

    /// <summary>What may stand between the characters; a form feed or anything else may not.</summary>
    public static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>True once something came that is no base64, such as anything behind the padding.</summary>
    public bool IsBroken { get; private set; }

    /// <param name="block">A multiple of four bytes.</param>
    /// <returns>How many bytes of text stand in it now; 0 at the end, and where the rest can't be read.</returns>
    public int Read(Span<byte> block)
    {
        var length = 0;
        while (length < block.Length && _at < _encoded.Length)
        {
            var rest = _encoded[_at..Math.Min(_encoded.Length, _at + block.Length - length)];
            var run = rest.IndexOfAny(WhiteSpace) is >= 0 and var end ? end : rest.Length;
            rest[..run].CopyTo(block[length..]);
            (length, _at) = (length + run, _at + run);
            while (_at < _encoded.Length && WhiteSpace.Contains(_encoded[_at]))
            {
                _at++;
            }
        }
        IsBroken |= Base64.DecodeFromUtf8InPlace(block[..length], out var written) != OperationStatus.Done
            || (_at < _encoded.Length && written != length / GroupChars * GroupBytes);
        return IsBroken ? 0 : written;
    }
}
