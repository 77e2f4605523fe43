namespace Tracker.Domain.Signals;

/// <summary>One hit with what was read out of it, once: rules ask for it in loops over loops.</summary>
/// <param name="IsPrefetch">Loaded ahead by a browser, by its own word.</param>
sealed record Fact(Hit Hit, Client Client, NetworkKind Network, TimeSpan Age, bool IsPrefetch)
{
    public bool IsClick => Hit.Kind == HitKind.Click;
    public bool IsOpen => Hit.Kind == HitKind.Open;

    /// <summary>True for a mail program's own fetch of a link, and never a person's browser: it looks before the person is let through.</summary>
    public bool IsLinkCheck => IsClick && Client.Kind == ClientKind.MailProgram;

    /// <summary>What a reader's picture looks like: a mail program, or the proxy of a mailbox.</summary>
    public bool IsReadersPicture => IsOpen && Client.Kind is ClientKind.MailProgram or ClientKind.MailProxy or ClientKind.WebView;

    public bool IsBrowser => Client.Kind is ClientKind.Browser or ClientKind.WebView;

    public string Header(string name) => Hit.Headers.TryGetValue(name, out var value) ? value : "";

    public TimeSpan Since(Fact earlier) => Hit.At - earlier.Hit.At;

    public TimeSpan Apart(Fact other) => (Hit.At - other.Hit.At).Duration();

    public bool SameSource(Fact other) => Hit.SourceHash == other.Hit.SourceHash && Hit.SourcePrefix == other.Hit.SourcePrefix;

    /// <summary>
    /// Whether it may be the same address: addresses are kept as hashes that change daily, so across days the network is all that can be compared.
    /// </summary>
    public bool MayBeSameSource(Fact other) => Hit.At.UtcDateTime.Date == other.Hit.At.UtcDateTime.Date ? SameSource(other) : SameNetwork(other);

    public bool SameNetwork(Fact other) => Hit.SourcePrefix == other.Hit.SourcePrefix;

    /// <summary>The same network, or another of the same gateway's or data centre's: a sandbox spreads its fetches over its addresses, a person has one.</summary>
    public bool SameOperator(Fact other) => SameNetwork(other)
        || (Network is NetworkKind.Gateway or NetworkKind.Hosting or NetworkKind.Scanner && Hit.Network!.Name == other.Hit.Network?.Name);

    public bool SameProgram(Fact other) => Hit.UserAgent == other.Hit.UserAgent;
}

/// <summary>The traffic of a copy with everything that rules ask about more than once. <see cref="Verdicts"/> fills up while the judge works.</summary>
sealed class Scene
{
    public Scene(CopyTraffic traffic, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        Traffic = traffic;
        Now = now;
        var firstHit = FirstHit(traffic);
        // A hit long before the sending means that the time is wrong: then it is as good as unknown.
        SendTimeKnown = traffic.SentAt is { } sent && sent - firstHit <= Timing.ScanBeforeHandover;
        Start = SendTimeKnown && traffic.SentAt < firstHit ? traffic.SentAt.Value : firstHit;
        Facts = new Fact[traffic.Hits.Count];
        for (var i = 0; i < Facts.Length; i++)
        {
            var hit = traffic.Hits[i];
            var client = SameAsBefore(i) is { } known ? known.Client : Client.Of(hit.UserAgent);
            Facts[i] = new(hit, client, NetworkNames.KindOf(hit.Network), hit.At - Start, CertainRules.IsPrefetch(hit));
        }
        Verdicts = new Verdict?[Facts.Length];
        GaveItselfAway = new bool[Facts.Length];
        Bursts = Burst.FindAll(this);
    }

    public CopyTraffic Traffic { get; }
    public DateTimeOffset Now { get; }

    /// <summary>Sending, or the first hit when the time of sending is unknown.</summary>
    public DateTimeOffset Start { get; }
    public bool SendTimeKnown { get; }
    public Fact[] Facts { get; }

    /// <summary>What has been decided so far, by index; null where nothing has.</summary>
    public Verdict?[] Verdicts { get; }

    /// <summary>By index: hits that by themselves or as a burst are a scanner's. The rep and a browser's prefetch are no scanners.</summary>
    public bool[] GaveItselfAway { get; }

    /// <summary>The burst or other inhuman sequence that a click belongs to, by index; null for none.</summary>
    public Burst?[] Bursts { get; }

    /// <summary>True while scanners of fresh mail are likely; longer where the company's own are known to come later.</summary>
    public bool IsRisky(Fact fact) => fact.Age < Timing.Risky || fact.Age < HabitEnd;

    /// <summary>
    /// How long the mail had been out at most when the hit came, if that is known: since sending, or else since the copy was made, which always comes before.
    /// </summary>
    public TimeSpan OutAtMost(Fact fact) => SendTimeKnown ? fact.Age : Traffic.MadeAt is { } made ? fact.Hit.At - made : TimeSpan.MaxValue;

    /// <summary>Whether the mail may have been out for less than this when the hit came. A copy takes time to leave, so more is allowed where only its making is known.</summary>
    public bool MayBeOutLessThan(Fact fact, TimeSpan limit) => OutAtMost(fact) < (SendTimeKnown ? limit : limit + Timing.Leaving);

    /// <summary>For people: since when <see cref="OutAtMost"/> counts.</summary>
    public string OutSince => SendTimeKnown ? "sending" : "the copy was made";

    public TimeSpan HabitEnd => Traffic.CompanyHabit is { } habit ? habit.Delay * Timing.HabitSpread : TimeSpan.Zero;

    /// <summary>Some hit before this one that satisfies the condition, newest first; -1 when there is none.</summary>
    public int Earlier(int index, Func<Fact, Fact, bool> condition)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            if (condition(Facts[i], Facts[index]))
            {
                return i;
            }
        }
        return -1;
    }

    // A copy's visitors come again: comparing a name is much cheaper than reading it.
    Fact? SameAsBefore(int index)
    {
        for (var i = index - 1; i >= 0 && i >= index - 4; i--)
        {
            if (Facts[i].Hit.UserAgent == Traffic.Hits[index].UserAgent)
            {
                return Facts[i];
            }
        }
        return null;
    }

    static DateTimeOffset FirstHit(CopyTraffic traffic)
    {
        var first = traffic.FirstHitAt ?? DateTimeOffset.MaxValue;
        foreach (var hit in traffic.Hits)
        {
            first = hit.At < first ? hit.At : first;
        }
        return first;
    }
}
