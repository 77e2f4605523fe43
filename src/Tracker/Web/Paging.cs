using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tracker.Web;

/// <summary>A page of a list; <c>next</c> goes into <c>?after=</c> for the page that follows and is null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Keyset paging: the cursor names the last row seen, so rows that come or go meanwhile are neither skipped nor repeated.</summary>
public static class Paging
{
    public const int DefaultLimit = 50, MaxLimit = 1000;

    /// <exception cref="ProblemException">Outside 1 to 1,000.</exception>
    public static int Limit(int? limit, int fallback = DefaultLimit) => limit switch
    {
        null => fallback,
        >= 1 and <= MaxLimit => limit.Value,
        _ => throw new ProblemException(Problems.Parameter("limit", limit.Value.ToString(CultureInfo.InvariantCulture), $"a whole number from 1 to {MaxLimit}")),
    };

    /// <param name="rows">One more than the limit was asked for; that one tells whether there is a next page.</param>
    public static Page<T> Of<TRow, T>(IReadOnlyList<TRow> rows, int limit, Func<TRow, T> item, Func<TRow, Cursor> cursor) =>
        new([.. rows.Take(limit).Select(item)], rows.Count > limit ? cursor(rows[limit - 1]).ToString() : null);
}

/// <summary>Where a page ended: up to two numbers that order the list. Opaque to clients.</summary>
public readonly record struct Cursor(long First, long Second = 0)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{First}.{Second}")));

    /// <returns>Null when there is none.</returns>
    /// <exception cref="ProblemException">It is not one of ours.</exception>
    public static Cursor? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        Span<byte> bytes = stackalloc byte[64];
        if (text.Length <= 64 && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out var length))
        {
            var parts = Encoding.ASCII.GetString(bytes[..length]).Split('.');
            if (parts.Length == 2 && Whole(parts[0], out var first) && Whole(parts[1], out var second))
            {
                return new(first, second);
            }
        }
        throw new ProblemException(Problems.Parameter("after", text, "the 'next' of the page before, unchanged"));
    }

    static bool Whole(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
