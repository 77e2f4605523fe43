using System.Buffers;
using MimeKit;
using MimeKit.Encodings;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Compares what MimeKit decodes with what is expected.</summary>
static class Same
{
    // In bytes.
    const int Slice = 64 * 1024;

    /// <param name="encoding">Quoted-printable or base64.</param>
    /// <param name="expected">The decoded text, in pieces.</param>
    public static bool Decoded(ContentEncoding encoding, ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected)
    {
        IMimeDecoder decoder = encoding == ContentEncoding.Base64 ? new Base64Decoder() : new QuotedPrintableDecoder();
        var comparison = new Comparison(expected);
        var input = ArrayPool<byte>.Shared.Rent(Math.Min(encoded.Length, Slice));
        var output = ArrayPool<byte>.Shared.Rent(decoder.EstimateOutputLength(input.Length));
        while (!encoded.IsEmpty)
        {
            var take = Math.Min(encoded.Length, input.Length);
            encoded[..take].CopyTo(input);
            comparison.Write(output.AsSpan(0, decoder.Decode(input, 0, take, output)));
            encoded = encoded[take..];
        }
        ArrayPool<byte>.Shared.Return(input);
        ArrayPool<byte>.Shared.Return(output);
        return comparison.Equal;
    }
}
