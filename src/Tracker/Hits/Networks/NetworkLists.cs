using System.Globalization;

namespace Tracker.Hits.Networks;

/// <summary>Refreshed lists in the data folder, one file a source, in the form of the shipped ones.</summary>
public static class NetworkLists
{
    /// <summary>The shipped book with what the refreshed lists know better: a network that is in one of them is no longer taken from the shipped lists.</summary>
    /// <exception cref="InvalidDataException">A list is damaged.</exception>
    public static NetworkBook Load(string folder)
    {
        var refreshed = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal).SelectMany(Read).ToList() : [];
        return refreshed.Count == 0 ? NetworkBook.Shipped : NetworkBook.Shipped.Without(refreshed.Select(r => r.Network.Name).ToHashSet()).With(refreshed);
    }

    /// <exception cref="InvalidDataException">The list is damaged.</exception>
    public static IReadOnlyList<NetworkRange> Read(string file)
    {
        try
        {
            using var reader = File.OpenText(file);
            return NetworkRange.Read(reader, file);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"{e.Message}. Delete the file to use the shipped list, or run: tracker networks refresh", e);
        }
    }

    /// <summary>Replaces a list in one step: whoever starts meanwhile reads the old one or the new one.</summary>
    public static async Task WriteAsync(string file, string source, DateTimeOffset now, IEnumerable<string> lines, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var draft = file + ".new";
        await File.WriteAllLinesAsync(draft, [
            $"# source: {source}", string.Create(CultureInfo.InvariantCulture, $"# date: {now:yyyy-MM-dd}"), "# range,name,certainty,scope", .. lines,
        ], ct);
        File.Move(draft, file, overwrite: true);
    }
}
