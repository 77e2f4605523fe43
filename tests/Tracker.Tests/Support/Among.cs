using CsCheck;

namespace Tracker.Tests.Support;

public static class Among
{
    /// <summary>Each of these as often as the others.</summary>
    public static Gen<T> These<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
