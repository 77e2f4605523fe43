namespace Tracker.Journal;

/// <summary>A hit's id is <c>node &lt;&lt; 44 | sequence</c>: it grows with time on each node and stays below 2^53, so JavaScript can hold it.</summary>
public static class HitIds
{
    public const int SequenceBits = 44;
    public const int MaxNode = 511;
    const long SequenceMask = (1L << SequenceBits) - 1;

    /// <exception cref="ArgumentOutOfRangeException">The node is not 0 to 511, or the sequence not 0 to 2^44 - 1.</exception>
    public static long Of(int node, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(node, MaxNode);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, SequenceMask);
        return ((long)node << SequenceBits) | sequence;
    }

    public static int NodeOf(long hitId) => (int)(hitId >> SequenceBits);

    public static long SequenceOf(long hitId) => hitId & SequenceMask;
}
