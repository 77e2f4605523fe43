namespace Tracker.Domain.Signals;

/// <summary>What a single request shows by itself, whatever happens around it.</summary>
static class CertainRules
{
    /// <summary>The rep's own network and browser. Catches the rep reading the sent copy; wrong when a prospect sits in the rep's office.</summary>
    public static Finding? OwnVisit(Scene scene, int index) => scene.Facts[index].Hit.OwnVisit switch
    {
        Signals.OwnVisit.Browser => Finding.Machine(1, "your own visit: made with the browser you are signed in with"),
        Signals.OwnVisit.Network => Finding.Machine(0.95, "your own visit: it came from a network you work from"),
        _ => null,
    };

    /// <summary>Browsers follow links with GET; HEAD is a checker's.</summary>
    public static Finding? Method(Scene scene, int index) => scene.Facts[index].Hit.Method is "GET"
        ? null
        : Finding.Machine(0.98, $"{scene.Facts[index].Hit.Method} request: a program checks that the address works, a browser asks for the page");

    public static Finding? HiddenLink(Scene scene, int index) =>
        scene.Facts[index].Hit.Link is { } link && scene.Traffic.Honeypots.Contains(link)
            ? Finding.Machine(0.98, "followed a link that people cannot see")
            : null;

    public static Finding? Prefetch(Scene scene, int index) => Purpose(scene.Facts[index].Hit) is not { } purpose ? null
        // A prerendered page that is then shown sends no second request: nobody can tell.
        : purpose.Contains("prerender", StringComparison.OrdinalIgnoreCase) ? Finding.Unknown("loaded ahead by the browser; whether it was shown later cannot be seen")
        : Finding.Machine(0.97, "loaded ahead by a browser, before anyone asked for it");

    public static bool IsPrefetch(Hit hit) => Purpose(hit) is not null;

    static string? Purpose(Hit hit)
    {
        foreach (var name in SignalHeaders.Purposes)
        {
            if (!hit.Headers.TryGetValue(name, out var value))
            {
                continue;
            }
            if (value.Contains("prefetch", StringComparison.OrdinalIgnoreCase) || value.Contains("preview", StringComparison.OrdinalIgnoreCase)
                || value.Contains("prerender", StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }
        return null;
    }

    /// <summary>Programs that say that they are one. Image proxies are not: their reader asked for the picture. But no reader clicks through one.</summary>
    public static Finding? SelfNamed(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Client.Kind switch
        {
            ClientKind.Nameless => Finding.Machine(0.9, "no user agent: browsers and mail programs always name themselves"),
            ClientKind.GmailPrefetch => Finding.Machine(0.97, "Gmail prefetch: fetched by Google because the mailbox was open, not because the mail was"),
            ClientKind.Bot => Finding.Machine(0.98, $"says that it is {fact.Client.Name}"),
            ClientKind.MailProxy when fact.IsClick => Finding.Machine(0.9, $"the image proxy of {fact.Client.Name} followed a link: no reader does that through it"),
            _ => null,
        };
    }

    /// <summary>Apple Mail Privacy Protection: exactly "Mozilla/5.0" from Apple's published egress. Never a prompt, at any time.</summary>
    public static Finding? ApplePrivacy(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Client.Kind != ClientKind.Bare ? null
            : fact.IsClick ? Finding.Machine(0.8, "names no program, only \"Mozilla/5.0\": browsers that follow links say more")
            : fact.Network != NetworkKind.AppleEgress ? Finding.Unknown("looks like Apple Mail's privacy prefetch, but not from an address on Apple's list")
            : fact.Age <= Timing.ApplePrefetch ? Finding.Machine(0.95, "Apple Mail privacy prefetch: fetched by Apple, not by the recipient")
            : Finding.Unknown("Apple Mail privacy fetch long after delivery: in the background or on first reading, Apple does not say");
    }

    /// <summary>A user agent or its hints contradict themselves. Scanners make up names; browsers cannot.</summary>
    public static Finding? Impossible(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Client.Kind != ClientKind.Browser ? null
            : fact.Client.Flaw is { } flaw ? Finding.Machine(0.95, $"impossible browser: {flaw}")
            : fact.Client.Age == BrowserAge.Ancient
                ? Finding.Machine(0.8, $"{fact.Client.Name} from before 2018 or on a system of that age: scanners still pretend to it")
            : HintFlaw(fact) is { } hint ? Finding.Machine(0.9, $"impossible browser: {hint}")
            : null;
    }

    // Client hints come from Chromium alone and name the real system. An Android asked for the desktop page says Linux in both.
    static string? HintFlaw(Fact fact)
    {
        var hints = fact.Header(SignalHeaders.ClientHints);
        var system = fact.Header(SignalHeaders.ClientHintsPlatform).Trim('"');
        return hints.Contains("Headless", StringComparison.Ordinal) ? "its hints name one without a screen"
            : hints.Length > 0 && fact.Client.Name is "Firefox" or "Safari" ? $"{fact.Client.Name} does not send Chromium's hints"
            : (fact.Client.Platform, system) is (Platform.Windows, "Linux" or "macOS") or (Platform.Mac, "Linux" or "Windows")
                ? $"it names {fact.Client.Platform}, its hints name {system}"
            : null;
    }

    /// <summary>Fetch Metadata (W3C) and Accept tell how a browser uses what it fetches: a picture in a mail is not a page, a link is not a picture.</summary>
    public static Finding? WrongUse(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        if (!fact.IsBrowser)
        {
            return null;
        }
        var accept = fact.Header(SignalHeaders.Accept);
        var asPage = accept.Contains("text/html", StringComparison.Ordinal);
        return fact.IsOpen && (asPage || fact.Header(SignalHeaders.FetchMode) is "navigate")
                ? Finding.Machine(0.85, "fetched the picture as if it were a page, as a scanner does that follows every address")
            : fact.IsClick && accept.Length > 0 && !asPage
                ? Finding.Machine(0.8, $"says it is {fact.Client.Name} but did not ask for a page, as every browser does")
            : null;
    }

    /// <summary>Published as fetching on its own account. A network shared with a mail provider's image proxy counts for clicks only.</summary>
    public static Finding? ScannerNetwork(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return fact.Network == NetworkKind.Scanner && (fact.IsClick || (!fact.Hit.Network!.ClicksOnly && fact.Client.Kind != ClientKind.MailProxy))
            ? Finding.Machine(0.95, $"came from a network that only scans mail or crawls ({fact.Hit.Network!.Name})")
            : null;
    }
}
