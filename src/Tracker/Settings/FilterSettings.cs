using System.Globalization;
using System.Net;

namespace Tracker.Settings;

/// <summary>Postfix's content filter.</summary>
/// <param name="Listen">Loopback address and port; empty: off.</param>
/// <param name="NextHop">Host and port that mail is handed on to.</param>
/// <param name="FailOpen">Mail that cannot be instrumented or stored goes out untracked instead of waiting.</param>
/// <param name="Connections">At once.</param>
/// <param name="MemoryBytes">For the mails under way together.</param>
/// <param name="WorkWithin">Longest time for instrumenting and storing one mail.</param>
public sealed record FilterSettings(string Listen, string NextHop, bool FailOpen, int Connections, long MemoryBytes, TimeSpan WorkWithin)
{
    public bool IsOn => Listen.Length > 0;

    public string NextHopHost => NextHop[..NextHop.LastIndexOf(':')].Trim('[', ']');

    public int NextHopPort => int.Parse(NextHop.AsSpan(NextHop.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);

    public static FilterSettings Read(SettingsReader read)
    {
        var settings = new FilterSettings(
            read.Text("Tracker:Filter:Listen", ""),
            read.Text("Tracker:Filter:NextHop", "127.0.0.1:10026"),
            read.Choice("Tracker:Filter:FailOpen", "no", "no", "yes") == "yes",
            (int)read.Whole("Tracker:Filter:Connections", 20, 1, 1000),
            read.Whole("Tracker:Filter:MemoryMegabytes", 256, 16, 65_536) << 20,
            TimeSpan.FromSeconds(read.Whole("Tracker:Filter:WorkWithinSeconds", 30, 1, 100)));
        if (settings.IsOn && !(IPEndPoint.TryParse(settings.Listen, out var listen) && IPAddress.IsLoopback(listen.Address) && settings.Listen.EndsWith($":{listen.Port}", StringComparison.Ordinal)))
        {
            read.Problem("Tracker:Filter:Listen", settings.Listen, "a loopback address with a port, such as 127.0.0.1:10025; the filter asks nobody for a password, so nobody else may reach it");
        }
        if (settings.NextHop.LastIndexOf(':') is var colon && (colon < 1 || !ushort.TryParse(settings.NextHop.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0))
        {
            read.Problem("Tracker:Filter:NextHop", settings.NextHop, "a host and a port, such as 127.0.0.1:10026");
        }
        return settings;
    }
}
