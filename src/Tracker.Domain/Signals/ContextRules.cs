namespace Tracker.Domain.Signals;

/// <summary>Where and when: evidence, never proof. Each of these says "unknown" more often than "machine".</summary>
static class ContextRules
{
    /// <summary>
    /// The proxy of the rep's mailbox fetches the same bytes as the recipient's. Only a proxied picture can be the rep's: anything else would show the
    /// rep's own network.
    /// </summary>
    public static Finding? OwnThread(Scene scene, int index) =>
        scene.Facts[index] is { Hit.OwnVisit: OwnVisit.Thread, IsOpen: true, Client.Kind: ClientKind.MailProxy }
            ? Finding.Unknown("you had this thread open: your own mailbox may have fetched the picture")
            : null;

    /// <summary>
    /// At the time of scanning from a place that scans, and no person is likely there: too soon for one, in a browser that only scanners and neglected computers
    /// have, or through a gateway that lets no people through.
    /// </summary>
    public static Finding? FreshMailScan(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Network is NetworkKind.Gateway or NetworkKind.Hosting && fact.Client.Kind != ClientKind.MailProxy && (fact.IsClick || !fact.Hit.Network!.ClicksOnly)
            && scene.MayBeOutLessThan(fact, CarriesPeople(fact) ? Timing.TooSoon : Timing.FirstMinute)
            ? Finding.Machine(0.8, $"came {Words.Seconds(scene.OutAtMost(fact))} after {scene.OutSince} from {Place(fact)}, as scans of fresh mail do")
            : null;
    }

    // One link, one GET, a data centre, a browser of today: no pattern tells a cloud desktop from a scan. Behind browser isolation it is the same.
    static bool CarriesPeople(Fact fact) => fact.Client.Age == BrowserAge.Current
        && (fact.Network == NetworkKind.Hosting || NetworkNames.Isolating.Contains(fact.Hit.Network!.Name));

    /// <summary>Networks that carry scanners and people. A reader seen a moment ago makes it a person, the hour alone never proves it.</summary>
    public static Finding? SharedNetwork(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Client.Kind == ClientKind.MailProxy ? null : fact.Network switch
        {
            NetworkKind.ExchangeOnline when fact.IsOpen => Finding.Unknown("fetched by Exchange Online: for a reader in Outlook on the web, or by a scanner"),
            NetworkKind.AppleEgress when fact is { IsOpen: true, Client.Kind: ClientKind.WebView } =>
                Finding.Unknown("Apple Mail through Apple's relay: a reader or a prefetch"),
            NetworkKind.Hosting or NetworkKind.ExchangeOnline when !MayBeReader(scene, index) =>
                Finding.Unknown($"came from {Place(fact)}: a cloud desktop, a VPN or a scanner"),
            NetworkKind.Gateway when fact.Age < Timing.GatewayWindow && !MayBeReader(scene, index) =>
                Finding.Unknown($"came from {Place(fact)}: a scan, or a person behind its browser isolation"),
            _ => null,
        };
    }

    // A mail program on a cloud desktop is a reader; a click needs one who was reading just before.
    static bool MayBeReader(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.IsOpen
            ? fact.Client.Kind == ClientKind.MailProgram
            : PatternRules.ReaderOpenedFrom(scene, index) || (!scene.IsRisky(fact) && PatternRules.JustBeingRead(scene, index, surely: true));
    }

    static string Place(Fact fact) => $"{(fact.Network == NetworkKind.Gateway ? "a mail gateway's network" : "a data centre")} ({fact.Hit.Network!.Name})";

    public static Finding? OldBrowser(Scene scene, int index) =>
        scene.Facts[index] is { Client: { Kind: ClientKind.Browser, Age: BrowserAge.Outdated } client }
            ? Finding.Unknown($"{client.Name} in a version years old: a neglected computer or a scanner")
            : null;

    /// <summary>Nobody is that fast, and mailboxes may fetch pictures on delivery.</summary>
    public static Finding? TooSoon(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        if (!scene.MayBeOutLessThan(fact, Timing.FirstMinute))
        {
            return null;
        }
        var after = $"{Words.Seconds(scene.OutAtMost(fact))} after {scene.OutSince}";
        return scene.MayBeOutLessThan(fact, Timing.TooSoon) ? Finding.Unknown($"only {after}: too soon for a person")
            : fact is { IsOpen: true, Client.Kind: ClientKind.MailProxy }
                ? Finding.Unknown($"{fact.Client.Name} fetched the picture {after}: on delivery or for a reader")
            : fact is { IsOpen: true, Client.Kind: ClientKind.Browser }
                ? Finding.Unknown($"a browser fetched the picture {after}: a reader or a scan of fresh mail")
            : fact.IsClick && scene.Traffic.LinkCount <= 1 && !PatternRules.JustBeingRead(scene, index, surely: false)
                ? Finding.Unknown($"a click {after} on the only link: a scan would look the same")
            : null;
    }

    /// <summary>A picture that a browser fetched in the risky window without saying that it shows it to someone.</summary>
    public static Finding? SilentPicture(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact is { IsOpen: true, Client.Kind: ClientKind.Browser } && scene.IsRisky(fact)
            && fact.Header(SignalHeaders.FetchDestination) is not "image" && fact.Header(SignalHeaders.Referer).Length == 0
            ? Finding.Unknown("a browser fetched the picture, but from no webmail page: a reader or a scan of fresh mail")
            : null;
    }

    /// <summary>The company's gateway usually comes about now. Holds back a lone click, not one whose reader was seen.</summary>
    public static Finding? UsualScanTime(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return scene.SendTimeKnown && fact.IsClick && scene.Traffic.CompanyHabit is { } habit
            && fact.Age >= habit.Delay / Timing.HabitSpread && fact.Age <= scene.HabitEnd && !PatternRules.JustBeingRead(scene, index, surely: false)
            ? Finding.Unknown($"this company's mail is usually scanned {Words.Span(habit.Delay)} after sending")
            : null;
    }

    public static Finding? Unrecognised(Scene scene, int index) => scene.Facts[index].Client.Kind == ClientKind.Unrecognised
        ? Finding.Unknown("made by a program we do not know")
        : null;

    /// <summary>The first click of a burst looks like a person's until the second comes. Held only while bursts are likely and no reader was seen at this source.</summary>
    public static Finding? Hold(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        var hold = scene.Traffic.Honeypots.Count > 0 ? Timing.HoneypotReach : Timing.BurstGap;
        return fact.IsClick && scene.IsRisky(fact) && scene.Now < fact.Hit.At + hold && !PatternRules.ReaderOpenedFrom(scene, index)
            ? new(Verdict.Checking, 0.5, $"waiting {Words.Seconds(hold)} to see whether more links follow, as in a scan", fact.Hit.At + hold)
            : null;
    }
}
