using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>Copies and their recent hits as they stand in the database, read before the write that needs them.</summary>
public sealed class StoredCopies
{
    public static readonly StoredCopies None = new(new Dictionary<string, CopyRow>(), Array.Empty<HitRow>().ToLookup(h => h.CopyId));

    readonly IReadOnlyDictionary<string, CopyRow> _byToken;
    readonly ILookup<long, HitRow> _hits;

    StoredCopies(IReadOnlyDictionary<string, CopyRow> byToken, ILookup<long, HitRow> hits) => (_byToken, _hits) = (byToken, hits);

    /// <summary>Those that are known.</summary>
    public IEnumerable<CopyRow> Copies => _byToken.Values;

    public static async Task<StoredCopies> LoadAsync(Session session, IReadOnlyCollection<string> tokens)
    {
        var copies = await CopyRow.ByTokenAsync(session, tokens);
        return new(copies.ToDictionary(c => c.Token), await HitRow.RecentAsync(session, copies));
    }

    /// <summary>The same without those about which it may be wrong.</summary>
    public StoredCopies Without(IReadOnlySet<long> copies) =>
        copies.Count == 0 ? this : new(_byToken.Where(c => !copies.Contains(c.Value.Id)).ToDictionary(), _hits);

    /// <summary>The copies with these tokens: those that are known, and the others from the database.</summary>
    public async Task<IEnumerable<CopyRow>> ByTokenAsync(Session session, IReadOnlyCollection<string> tokens)
    {
        var unknown = tokens.Where(t => !_byToken.ContainsKey(t)).ToList();
        var known = tokens.Select(t => _byToken.GetValueOrDefault(t)).OfType<CopyRow>();
        return unknown.Count == 0 ? known : known.Concat(await CopyRow.ByTokenAsync(session, unknown));
    }

    /// <summary>The copies' recent hits, the same way; see <see cref="HitRow.RecentAsync(Session, IEnumerable{CopyRow})"/>.</summary>
    /// <returns>Those of one of the copies.</returns>
    public async Task<Func<CopyRow, IEnumerable<HitRow>>> RecentAsync(Session session, IEnumerable<CopyRow> copies)
    {
        var others = await HitRow.RecentAsync(session, copies.Where(c => !_byToken.ContainsKey(c.Token)));
        return copy => _byToken.ContainsKey(copy.Token) ? _hits[copy.Id] : others[copy.Id];
    }
}
