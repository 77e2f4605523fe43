namespace Tracker.Domain.Signals;

/// <summary>Times and durations of the rules, each with its source. Bursts: 836 measured by one sender (craft-campaign#546).</summary>
static class Timing
{
    /// <summary>
    /// Gateways scan while they take the mail, before our side hears that it was taken. An answer that takes longer is rare, though RFC 5321 allows minutes.
    /// </summary>
    public static readonly TimeSpan ScanBeforeHandover = TimeSpan.FromSeconds(10);

    /// <summary>No person reads and clicks sooner: lemlist counts 5 s, warmbly 10 s, Marketo and Mautic 2 to 3 s.</summary>
    public static readonly TimeSpan TooSoon = TimeSpan.FromSeconds(10);

    /// <summary>
    /// 69 % of bursts have started by then; Smartlead and GMass distrust all of it, and sources disagree whether Gmail's proxy fetches at delivery.
    /// </summary>
    public static readonly TimeSpan FirstMinute = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What is added to a limit that has to count from the making of a copy, because nobody told when it left: addressing, reading once more, handing over. No one
    /// has measured it; anything from 10 to 35 s serves about as well.
    /// </summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromSeconds(25);

    /// <summary>The risky window after sending: 97.4 % of measured bursts start in it.</summary>
    public static readonly TimeSpan Risky = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the network of a mail gateway alone keeps a click unknown. No one has measured it: warmbly lets operators choose up to 24 h; an hour
    /// lets the isolated reader of the same afternoon through.
    /// </summary>
    public static readonly TimeSpan GatewayWindow = TimeSpan.FromHours(1);

    /// <summary>Apple prefetches within minutes to an hour when the device is on; a fetch hours later may be a first reading (Klaviyo: no way to tell).</summary>
    public static readonly TimeSpan ApplePrefetch = TimeSpan.FromHours(6);

    /// <summary>Clicks closer than this can be one burst: measured bursts take 1 s, Defender's sandbox 2 s a link, warmbly counts 5 s. Also the hold.</summary>
    public static readonly TimeSpan BurstGap = TimeSpan.FromSeconds(5);

    /// <summary>Clicks from different networks must be this close to be one burst: all of a measured burst lies within 1 s.</summary>
    public static readonly TimeSpan SpreadBurstGap = TimeSpan.FromSeconds(1);

    /// <summary>Clicks this near a hit on an invisible link fall with it, and so long a click is held where there is one (Mautic users, mautic#9798).</summary>
    public static readonly TimeSpan HoneypotReach = TimeSpan.FromSeconds(10);

    /// <summary>Hours after sending, two links this close are no person's two tabs (Marketo's default is one second).</summary>
    public static readonly TimeSpan HumanPace = TimeSpan.FromSeconds(1);

    /// <summary>Hours after sending, three links and more at this mean distance are a burst (autoemails: 3 links in 2 s).</summary>
    public static readonly TimeSpan QuickSuccession = TimeSpan.FromSeconds(2);

    /// <summary>More than three clicks in it, whatever the links, are no person's (Trend Micro's Phish Insight).</summary>
    public static readonly TimeSpan Hammering = TimeSpan.FromSeconds(3);

    /// <summary>A link check is followed by the reader's browser this soon: milliseconds for Safe Links, 0.5 s for OneOutlook (next-auth#1840).</summary>
    public static readonly TimeSpan LinkCheckLead = TimeSpan.FromSeconds(5);

    /// <summary>A scanner that follows a person was seen 12 s later (resend-node#901).</summary>
    public static readonly TimeSpan Following = TimeSpan.FromSeconds(30);

    /// <summary>What a source does this near its own scan is the scan: the pixel comes a median 33 s before the burst.</summary>
    public static readonly TimeSpan SameScan = TimeSpan.FromMinutes(2);

    /// <summary>Who opened the mail this recently can be the one who clicks: reading a proposal takes minutes.</summary>
    public static readonly TimeSpan ReadingTime = TimeSpan.FromMinutes(10);

    /// <summary>Steps of an even walk through the links may be this long; a person's are uneven.</summary>
    public static readonly TimeSpan WalkStep = TimeSpan.FromSeconds(60);

    /// <summary>A company's scan comes at its usual delay, give or take this factor.</summary>
    public const double HabitSpread = 1.5;
}
