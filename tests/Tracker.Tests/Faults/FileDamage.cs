using System.Buffers.Binary;

namespace Tracker.Tests.Faults;

/// <summary>Flips a bit, zeroes a page or cuts the end off, at a place that a number decides; and knows where a journal's records lie.</summary>
static class FileDamage
{
    public const int Page = 4096;

    const int SegmentHead = 32, RecordHead = 16;

    /// <param name="before">Where the part ends that says anything; null: with the file.</param>
    /// <returns>Which bytes are not what they were.</returns>
    public static (long From, long To) Hurt(string file, int round, long notBefore, long? before = null)
    {
        var (bytes, random) = (File.ReadAllBytes(file), new Random(round));
        var at = random.NextInt64(notBefore, before ?? bytes.Length);
        switch (round / 3 % 3)
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(file, bytes);
                return (at, at + 1);
            case 1:
                var from = at / Page * Page;
                var length = Math.Min(Page, bytes.Length - from);
                bytes.AsSpan((int)from, (int)length).Clear();
                File.WriteAllBytes(file, bytes);
                return (from, from + length);
            default:
                File.WriteAllBytes(file, bytes[..(int)at]);
                return (at, bytes.Length);
        }
    }

    /// <summary>The journal as docs/journal.md describes it, read a second time; up to the zeros that are filled in ahead.</summary>
    public static List<(long Id, long From, long To)> Records(byte[] segment)
    {
        var records = new List<(long, long, long)>();
        for (var at = SegmentHead; at + RecordHead <= segment.Length && BinaryPrimitives.ReadInt64LittleEndian(segment.AsSpan(at + 8)) is not 0 and var id;)
        {
            var length = RecordHead + BinaryPrimitives.ReadInt32LittleEndian(segment.AsSpan(at));
            records.Add((id, at, at + length));
            at += length;
        }
        return records;
    }
}
