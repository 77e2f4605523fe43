namespace Tracker.Domain.Signals;

/// <summary>What is left of a User-Agent when it is kept no longer: which program, and on what kind of device.</summary>
public static class ClientFamily
{
    // The first that occurs wins, so programs stand before the engines they name themselves after.
    static readonly (string Token, string Family)[] Families =
    [
        ("GoogleImageProxy", "Gmail image proxy"), ("YahooMailProxy", "Yahoo image proxy"), ("Outlook", "Outlook"), ("ms-office", "Outlook"), ("Thunderbird", "Thunderbird"),
        ("bot", "bot"), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("AppleWebKit", "Apple Mail or WebKit"), ("MSIE", "Internet Explorer"),
        ("curl", "curl"), ("python", "Python"),
    ];

    /// <summary>For example "Firefox on a desktop" or "Safari on a phone"; empty stays empty.</summary>
    public static string Of(string userAgent)
    {
        if (userAgent.Length == 0)
        {
            return "";
        }
        var family = Families.FirstOrDefault(f => userAgent.Contains(f.Token, StringComparison.OrdinalIgnoreCase)).Family ?? "other";
        return $"{family} on a {Device(userAgent)}";
    }

    static string Device(string userAgent) =>
        userAgent.Contains("iPad", StringComparison.Ordinal) || userAgent.Contains("Tablet", StringComparison.Ordinal) ? "tablet"
        : userAgent.Contains("Mobile", StringComparison.Ordinal) || userAgent.Contains("iPhone", StringComparison.Ordinal) || userAgent.Contains("Android", StringComparison.Ordinal) ? "phone"
        : "desktop";
}
