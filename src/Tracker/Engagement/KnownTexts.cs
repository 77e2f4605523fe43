using System.Collections.Concurrent;
using System.Text.Json;

namespace Tracker.Engagement;

/// <summary>
/// JSON texts that come again and again, read once: headers stand once for each client in the database, reasons once for each set, but are read with every hit. What is read is
/// shared, so nobody may change it.
/// </summary>
/// <typeparam name="T">What the texts hold.</typeparam>
sealed class KnownTexts<T> where T : class
{
    // A few hundred cover nearly all traffic; a flood of made-up ones must not grow without bound.
    const int Most = 10_000;

    readonly ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);

    public T Read(string text)
    {
        if (_known.TryGetValue(text, out var known))
        {
            return known;
        }
        if (_known.Count >= Most)
        {
            _known.Clear();
        }
        return _known[text] = JsonSerializer.Deserialize<T>(text)!;
    }
}
