namespace Tracker.Domain.Signals;

/// <summary>Decides who made each hit of a copy, from facts alone.</summary>
public static class Judge
{
    /// <summary>Version of the rules; stored with every verdict. Raise it with every change that can change a verdict.</summary>
    public const int RulesVersion = 3;

    /// <summary>The rule that finds scans; what it finds is also a company's habit.</summary>
    public const string BurstRule = "burst";

    /// <summary>
    /// The order is the weighing: the first rule with an opinion decides, later ones that agree are added as reasons. Down to <see cref="Alone"/> a rule needs
    /// nothing but recorded facts; below it, rules also use what was decided of other hits. What speaks against a person comes before what speaks for one,
    /// what is certain before what is likely.
    /// </summary>
    static readonly Rule[] Order =
    [
        new("own-visit", CertainRules.OwnVisit),
        new("method", CertainRules.Method),
        new("hidden-link", CertainRules.HiddenLink),
        new("prefetch", CertainRules.Prefetch),
        new("self-named", CertainRules.SelfNamed),
        new("apple-privacy", CertainRules.ApplePrivacy),
        new("impossible-browser", CertainRules.Impossible),
        new("link-check", PatternRules.LinkCheck),
        new("scanner-network", CertainRules.ScannerNetwork),
        new(BurstRule, PatternRules.InBurst),
        new("near-hidden-link", PatternRules.NearHiddenLink),
        new("several-copies", PatternRules.SeveralCopies),
        new("wrong-use", CertainRules.WrongUse),
        // Above: recorded facts only. Below: also what was decided of the other hits.
        new("same-scan", PatternRules.SameScan),
        new("fresh-mail-scan", ContextRules.FreshMailScan),
        new("follows-person", PatternRules.FollowsPerson),
        new("own-thread", ContextRules.OwnThread),
        new("shared-network", ContextRules.SharedNetwork),
        new("scanner-returns", PatternRules.ScannerReturns),
        new("old-browser", ContextRules.OldBrowser),
        new("too-soon", ContextRules.TooSoon),
        new("silent-picture", ContextRules.SilentPicture),
        new("usual-scan-time", ContextRules.UsualScanTime),
        new("unrecognised", ContextRules.Unrecognised),
        new("hold", ContextRules.Hold),
        new("opened", PersonRules.Opened),
        new("clicked", PersonRules.Clicked),
    ];

    /// <summary>How many of <see cref="Order"/> use recorded facts only.</summary>
    static readonly int Alone = Array.FindIndex(Order, r => r.Name == "same-scan");

    /// <summary>Most reasons given for a verdict; more are in <see cref="Explain"/>.</summary>
    const int MostReasons = 3;

    /// <summary>
    /// Judges every hit of the copy in the light of all of them, as of <paramref name="now"/>. A later hit may change what is said of an earlier one
    /// (a burst, a scanner that followed a person), so the caller stores what differs from last time.
    /// </summary>
    /// <returns>One judgement per hit, in the order of <see cref="CopyTraffic.Hits"/>.</returns>
    public static IReadOnlyList<Judgement> Review(CopyTraffic traffic, DateTimeOffset now) => Decide(new Scene(traffic, now));

    /// <summary>
    /// Every rule's opinion of one hit, those without one included, in the order in which they are weighed: the first opinion decided, unless the last
    /// one, which looks back, replaced its "unknown".
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The copy has no such hit.</exception>
    public static IReadOnlyList<Opinion> Explain(CopyTraffic traffic, long hitId, DateTimeOffset now)
    {
        var scene = new Scene(traffic, now);
        Decide(scene);
        var index = Array.FindIndex(scene.Facts, f => f.Hit.Id == hitId);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(hitId));
        var opinions = Order.Select(rule => OpinionOf(rule, scene, index)).ToList();
        opinions.Add(Hindsight.Opinion(scene, index, opinions.Find(o => o.Verdict is not null)?.Rule));
        return opinions;
    }

    static Opinion OpinionOf(Rule rule, Scene scene, int index) =>
        rule.Look(scene, index) is { } found ? new(rule.Name, found.Verdict, found.Confidence, found.Reason) : new(rule.Name, null, 0, "");

    static Judgement[] Decide(Scene scene)
    {
        var found = new (Finding Finding, int Rule)?[scene.Facts.Length];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = First(scene, i, 0, Alone);
            scene.GaveItselfAway[i] = found[i] is { Finding.Verdict: Verdict.Machine } f && Order[f.Rule].Name is not ("own-visit" or "prefetch" or "link-check");
            scene.Verdicts[i] = found[i]?.Finding.Verdict;
        }
        for (var i = 0; i < found.Length; i++)
        {
            found[i] ??= First(scene, i, Alone, Order.Length) ?? (Finding.Unknown("nothing known about it"), Order.Length);
            scene.Verdicts[i] = found[i]!.Value.Finding.Verdict;
        }
        var judgements = new Judgement[found.Length];
        for (var i = 0; i < found.Length; i++)
        {
            var (finding, rule) = found[i]!.Value;
            judgements[i] = Hindsight.Upgrade(scene, i, Order.ElementAtOrDefault(rule)?.Name) ?? ToJudgement(scene, i, finding, rule);
        }
        return judgements;
    }

    static (Finding, int)? First(Scene scene, int index, int from, int to)
    {
        for (var rule = from; rule < to; rule++)
        {
            if (Order[rule].Look(scene, index) is { } finding)
            {
                return (finding, rule);
            }
        }
        return null;
    }

    static Judgement ToJudgement(Scene scene, int index, in Finding finding, int decider)
    {
        var reasons = new List<string>(MostReasons) { finding.Reason };
        for (var rule = decider + 1; rule < Order.Length && reasons.Count < MostReasons && finding.Verdict == Verdict.Machine; rule++)
        {
            if (Order[rule].Look(scene, index) is { Verdict: Verdict.Machine } other)
            {
                reasons.Add(other.Reason);
            }
        }
        return new(scene.Facts[index].Hit.Id, finding.Verdict, finding.Confidence, reasons, finding.Hold) { Rule = decider < Order.Length ? Order[decider].Name : "" };
    }
}
