namespace Tracker.Settings;

/// <summary>What is put into mail unless the message, its <c>X-Track</c> header or its rep wishes otherwise.</summary>
/// <param name="Track">"both", "opens", "clicks" or "off".</param>
/// <param name="OptOutFooter">Empty for none.</param>
/// <param name="TrackingUrls">Tracking host by sending domain, in lower case.</param>
public sealed record OutboundSettings(
    string Track, bool PlainTextLinks, bool CalendarInvites, string OptOutFooter, IReadOnlyDictionary<string, string> TrackingUrls)
{
    const int LongestFooter = 200;

    public static OutboundSettings Read(SettingsReader read)
    {
        var settings = new OutboundSettings(
            read.Choice("Tracker:Outbound:Track", "both", "both", "opens", "clicks", "off"),
            read.Flag("Tracker:Outbound:PlainTextLinks", false),
            read.Flag("Tracker:Outbound:CalendarInvites", false),
            read.Text("Tracker:Outbound:OptOutFooter", ""),
            read.AddressesByDomain("Tracker:Outbound:TrackingUrls"));
        if (settings.OptOutFooter.Length > LongestFooter || settings.OptOutFooter.Any(char.IsControl))
        {
            read.Problem("Tracker:Outbound:OptOutFooter", settings.OptOutFooter, $"one line of at most {LongestFooter} characters, or nothing");
        }
        return settings;
    }

    /// <summary>The tracking host of a sender's domain, or of the nearest domain above it.</summary>
    /// <param name="from">Bare address of the sender.</param>
    /// <returns>Null when there is none.</returns>
    public string? TrackingUrlOf(string? from)
    {
        var domain = from is null ? "" : from[(from.LastIndexOf('@') + 1)..].ToLowerInvariant();
        while (domain.Length > 0)
        {
            if (TrackingUrls.TryGetValue(domain, out var url))
            {
                return url;
            }
            domain = domain[(domain.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? dot + 1 : domain.Length)..];
        }
        return null;
    }
}
