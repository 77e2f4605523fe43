using MimeKit;
using MimeKit.IO;
using MimeKit.IO.Filters;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Compares what MimeKit decodes with what is expected.</summary>
static class Same
{
    const int Slice = 64 * 1024;

    /// <param name="expected">The decoded text, in pieces.</param>
    public static bool Decoded(ContentEncoding encoding, ReadOnlySpan<byte> encoded, List<ReadOnlyMemory<byte>> expected)
    {
        using var comparison = new Comparison(expected);
        using var decoder = new FilteredStream(comparison);
        decoder.Add(DecoderFilter.Create(encoding));
        // In slices, because a filter keeps a buffer of the size of what it is given.
        for (var at = 0; at < encoded.Length; at += Slice)
        {
            decoder.Write(encoded[at..Math.Min(encoded.Length, at + Slice)]);
        }
        decoder.Flush();
        return comparison.Equal;
    }
}
