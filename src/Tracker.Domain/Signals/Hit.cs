namespace Tracker.Domain.Signals;

/// <summary>What was asked for. The numbers are stored.</summary>
public enum HitKind
{
    Open = 0,
    Click = 1,
}

/// <summary>Who made a hit. The numbers are stored.</summary>
public enum Verdict
{
    Unknown = 0,
    Human = 1,
    Machine = 2,

    /// <summary>Held for seconds because the next hit may show it to be the first of a scanner's burst. Never final.</summary>
    Checking = 3,
}

/// <summary>How surely a network belongs to machines.</summary>
public enum NetworkCertainty
{
    None = 0,

    /// <summary>People come from there too (browser isolation, cloud desktops, private relays): evidence, not proof.</summary>
    Probable = 1,

    /// <summary>Published by its operator as fetching on its own account.</summary>
    Certain = 2,
}

/// <summary>A known network that the client's address fell into when the hit was received; the address itself is not kept.</summary>
/// <param name="Name">Stable name, such as <c>apple-egress</c>; stored with the hit.</param>
/// <param name="Certainty">How surely it belongs to machines.</param>
/// <param name="ClicksOnly">True when opens from there may be a person's (a mail provider's image proxy shares the network).</param>
public sealed record KnownNetwork(string Name, NetworkCertainty Certainty, bool ClicksOnly);

/// <summary>What says that the hit was made by the rep who sent the mail.</summary>
public enum OwnVisit
{
    None = 0,

    /// <summary>Same address as the rep's page is used from today, or an office network from the settings.</summary>
    Network = 1,

    /// <summary>The rep's own browser, known by its session cookie.</summary>
    Browser = 2,

    /// <summary>The rep had the thread open at that moment.</summary>
    Thread = 3,
}

/// <summary>The facts of one request, as it arrived. No address: only what was made of it at receipt.</summary>
public sealed record Hit
{
    /// <summary>Node and journal sequence; grows with time.</summary>
    public required long Id { get; init; }
    public required HitKind Kind { get; init; }

    /// <summary>Index of the link in document order; null for an open.</summary>
    public int? Link { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Method { get; init; }

    /// <summary>The User-Agent header; empty when there was none.</summary>
    public required string UserAgent { get; init; }

    /// <summary>The allow-listed headers that were present, names in lower case, without User-Agent.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
    public KnownNetwork? Network { get; init; }

    /// <summary>The client's network: /24 of an IPv4 address, /48 of an IPv6 one, in CIDR notation.</summary>
    public required string SourcePrefix { get; init; }

    /// <summary>Keyed hash of the client's address under the day's key: equal only for the same address on the same UTC day.</summary>
    public required long SourceHash { get; init; }
    public OwnVisit OwnVisit { get; init; }

    /// <summary>
    /// How many other people's copies the same source hit within <see cref="SeveralCopiesReach"/> before or after this hit; 0 when nobody looked.
    /// Other people's, because opening a thread shows all the mail that one person got.
    /// </summary>
    public int OtherCopies { get; init; }

    /// <summary>10 s: gateways take the copies of one mail together; two colleagues do not read in the same seconds.</summary>
    public static readonly TimeSpan SeveralCopiesReach = TimeSpan.FromSeconds(10);

    /// <summary>This many other copies are no accident [Trend Micro's Phish Insight: one address clicking for more than two users is uncertain].</summary>
    public const int SeveralCopies = 2;
}

/// <summary>What a company's mail gateway usually does: learned from earlier copies to its mail domain.</summary>
/// <param name="Delay">Median time from sending to the first hit of a burst.</param>
/// <param name="Share">From 0 to 1: how many of the company's copies were scanned.</param>
/// <param name="Copies">On how many copies this rests.</param>
public sealed record ScanHabit(TimeSpan Delay, double Share, int Copies)
{
    /// <summary>Fewer copies than this are an accident, not a habit.</summary>
    public const int FewestCopies = 3;

    /// <param name="burstDelays">For each scanned copy, the time from sending to its first burst.</param>
    /// <param name="copies">All copies that went to the company, scanned or not.</param>
    /// <returns>Null when there is no habit: too few copies, or most were not scanned.</returns>
    public static ScanHabit? Of(IReadOnlyCollection<TimeSpan> burstDelays, int copies)
    {
        ArgumentNullException.ThrowIfNull(burstDelays);
        return burstDelays.Count < FewestCopies || burstDelays.Count * 2 < copies
            ? null
            : new(burstDelays.Order().ElementAt(burstDelays.Count / 2), Math.Min(1, (double)burstDelays.Count / copies), copies);
    }
}

/// <summary>All that bears on judging the hits of one copy.</summary>
public sealed record CopyTraffic
{
    /// <summary>When the copy left; null when unknown, and then the risky window starts at the first hit.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When the copy was made; it cannot have left before. Says how fresh the mail is at most where nobody knows when it left.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>How many links of the copy are tracked.</summary>
    public required int LinkCount { get; init; }

    /// <summary>Indices of links that the author marked as invisible to people.</summary>
    public IReadOnlySet<int> Honeypots { get; init; } = new HashSet<int>();

    /// <summary>When the copy was hit for the first time, needed once older hits are no longer in <see cref="Hits"/>; null: the first of those.</summary>
    public DateTimeOffset? FirstHitAt { get; init; }

    /// <summary>How the recipient's company scans its mail; null when it is not known to.</summary>
    public ScanHabit? CompanyHabit { get; init; }

    /// <summary>The copy's recent hits in the order of time, those of one moment in the order of their ids. The caller keeps at least those of the last hour, at most a few dozen.</summary>
    public required IReadOnlyList<Hit> Hits { get; init; }
}

/// <summary>The judge's answer for one hit.</summary>
/// <param name="HitId">Which hit.</param>
/// <param name="Verdict">Who made it, as far as is known now.</param>
/// <param name="Confidence">From 0 (a guess) to 1 (certain).</param>
/// <param name="Reasons">In words a rep understands; the deciding one first. Never empty.</param>
/// <param name="DueAt">With <see cref="Verdict.Checking"/>: when to judge again if nothing else happens; else null.</param>
public sealed record Judgement(long HitId, Verdict Verdict, double Confidence, IReadOnlyList<string> Reasons, DateTimeOffset? DueAt = null)
{
    /// <summary>Name of the rule that decided, as in docs/classification.md; empty when it is not known any more.</summary>
    public string Rule { get; init; } = "";

    public bool SaysTheSameAs(Judgement other) =>
        HitId == other.HitId && Verdict == other.Verdict && Confidence.Equals(other.Confidence) && Reasons.SequenceEqual(other.Reasons);
}

/// <summary>What one rule has to say about one hit; shown to whoever asks why.</summary>
/// <param name="Rule">Stable name of the rule, as in docs/classification.md.</param>
/// <param name="Verdict">What the rule alone would say; null when it has no opinion.</param>
/// <param name="Confidence">From 0 to 1; 0 when it has no opinion.</param>
/// <param name="Reason">In words; empty when it has no opinion.</param>
public sealed record Opinion(string Rule, Verdict? Verdict, double Confidence, string Reason);
