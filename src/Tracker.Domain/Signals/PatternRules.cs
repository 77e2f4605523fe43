namespace Tracker.Domain.Signals;

/// <summary>What only shows next to other hits.</summary>
static class PatternRules
{
    public static Finding? InBurst(Scene scene, int index) => scene.Bursts[index] is { } burst
        ? Finding.Machine(burst.IsWalk ? 0.8 : 0.95, burst.Reason)
        : null;

    /// <summary>Clicks near a hit on an invisible link fall with it: the same walk took both.</summary>
    public static Finding? NearHiddenLink(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        if (!fact.IsClick || scene.Traffic.Honeypots.Count == 0)
        {
            return null;
        }
        foreach (var other in scene.Facts)
        {
            if (other.Hit.Link is { } link && scene.Traffic.Honeypots.Contains(link) && fact.Apart(other) <= Timing.HoneypotReach
                && (fact.SameNetwork(other) || scene.IsRisky(fact)))
            {
                return Finding.Machine(0.9, $"within {Words.Seconds(Timing.HoneypotReach)} of a hit on a link that people cannot see");
            }
        }
        return null;
    }

    /// <summary>One source at several copies at once is a gateway or a sender-side scan: two colleagues do not read in the same seconds.</summary>
    public static Finding? SeveralCopies(Scene scene, int index) =>
        scene.Facts[index] is { Hit.OtherCopies: >= Hit.SeveralCopies, Client.Kind: not ClientKind.MailProxy } fact
            ? Finding.Machine(0.85, $"the same source fetched {fact.Hit.OtherCopies + 1} copies within seconds")
            : null;

    /// <summary>
    /// The rest of a scan whose source gave itself away nearby: the pixel before its burst, the GET after its HEAD. The program must be the same one,
    /// because a gateway can share the office's address with the people behind it; one whose mail program was seen there is believed.
    /// </summary>
    public static Finding? SameScan(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        var believed = ReaderOpenedFrom(scene, index);
        for (var i = 0; i < scene.Facts.Length && !believed; i++)
        {
            var other = scene.Facts[i];
            if (i != index && scene.GaveItselfAway[i] && fact.Apart(other) <= Timing.SameScan && fact.SameProgram(other)
                && (fact.SameNetwork(other) || (fact.IsOpen && fact.Client.Kind == ClientKind.Browser && scene.IsRisky(fact))))
            {
                return Finding.Machine(0.85, "belongs to a scan: the same program from the same network gave itself away nearby");
            }
        }
        return null;
    }

    /// <summary>The source of an earlier scan, back with the same program: its next scan, or a person behind the same address.</summary>
    public static Finding? ScannerReturns(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        var believed = ReaderOpenedFrom(scene, index);
        for (var i = 0; i < index && !believed; i++)
        {
            if (scene.GaveItselfAway[i] && fact.MayBeSameSource(scene.Facts[i]) && fact.SameProgram(scene.Facts[i]))
            {
                return Finding.Unknown("the same address and program scanned this mail before");
            }
        }
        return null;
    }

    /// <summary>
    /// A mail program's fetch of a link comes before the reader's browser is let through (Safe Links, the new Outlook); with no browser after it,
    /// it may as well have been a scan.
    /// </summary>
    public static Finding? LinkCheck(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        if (!fact.IsLinkCheck)
        {
            return null;
        }
        foreach (var other in scene.Facts)
        {
            if (other.IsClick && other.IsBrowser && other.Hit.Link == fact.Hit.Link && other.Since(fact) >= TimeSpan.Zero
                && other.Since(fact) <= Timing.LinkCheckLead)
            {
                return Finding.Machine(0.9, $"{fact.Client.Name} checked the link just before the reader's browser opened it");
            }
        }
        return Finding.Unknown($"{fact.Client.Name} fetched the link, but no browser followed: a check before a click, or a scan");
    }

    /// <summary>Some scanners repeat a person's click from elsewhere. Wrong when two people who share a copy click the same link within seconds.</summary>
    public static Finding? FollowsPerson(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        var person = !fact.IsClick ? -1 : scene.Earlier(index, (earlier, later) =>
            earlier.IsClick && earlier.Hit.Link == later.Hit.Link && !earlier.SameNetwork(later) && !earlier.SameProgram(later)
            && later.Since(earlier) <= Timing.Following);
        return person >= 0 && scene.Verdicts[person] is Verdict.Human or Verdict.Checking && !ReaderOpenedFrom(scene, index)
            ? Finding.Machine(0.7, $"repeated a click {Words.Seconds(fact.Since(scene.Facts[person]))} after it from another network, as some scanners do")
            : null;
    }

    /// <summary>True when a reader's picture came from the same source before and was no machine's.</summary>
    public static bool ReaderOpenedFrom(Scene scene, int index)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            if (scene.Facts[i] is { IsReadersPicture: true, Client.Kind: not ClientKind.MailProxy } && scene.Verdicts[i] == Verdict.Human
                && scene.Facts[i].SameSource(scene.Facts[index]))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True when the mail was being read a moment ago, from wherever: the click can be that reader's.</summary>
    public static bool JustBeingRead(Scene scene, int index, bool surely)
    {
        for (var i = index - 1; i >= 0; i--)
        {
            if (scene.Facts[i].IsReadersPicture && scene.Facts[index].Since(scene.Facts[i]) <= Timing.ReadingTime
                && (scene.Verdicts[i] == Verdict.Human || (!surely && scene.Verdicts[i] == Verdict.Unknown)))
            {
                return true;
            }
        }
        return false;
    }
}
