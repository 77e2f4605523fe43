using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Tracker.Settings;

namespace Tracker.Tests.Architecture;

/// <summary>appsettings.json is the manual: it names every setting there is, explains it, and gives the default that is in force.</summary>
public sealed partial class SettingsManualTests
{
    static readonly string File_ = Path.Combine(Source.Root, "src", "Tracker", "appsettings.json");

    static IConfigurationRoot Manual => new ConfigurationBuilder().AddJsonFile(File_).Build();

    static List<string> InManual => [.. Manual.AsEnumerable().Where(s => s.Value is not null && !s.Key.StartsWith("Logging:", StringComparison.Ordinal)).Select(s => s.Key).Order(StringComparer.Ordinal)];

    static List<string> InCode =>
    [
        .. Source.Files.Where(f => f.Path.StartsWith("Tracker/Settings/", StringComparison.Ordinal)).SelectMany(f => f.Lines).SelectMany(l => Read().Matches(l))
            .Select(m => m.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Every_setting_is_in_the_manual_and_nothing_else_is() => Assert.Equal(InCode, InManual);

    [Fact]
    public void Every_setting_is_explained()
    {
        var lines = File.ReadAllLines(File_);
        for (var i = 1; i < lines.Length && !lines[i].Contains("\"Logging\"", StringComparison.Ordinal); i++)
        {
            if (Value().IsMatch(lines[i]))
            {
                Assert.True(lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal), lines[i]);
            }
        }
    }

    [Fact]
    public void What_the_manual_says_is_what_is_in_force_without_it()
    {
        static string Text(TrackerSettings s) => System.Text.Json.JsonSerializer.Serialize(
            s with { TrustedProxies = [], OfficeNetworks = [] }) + string.Join(',', s.TrustedProxies) + string.Join(',', s.OfficeNetworks);
        Assert.Equal(Text(TrackerSettings.Read(new ConfigurationBuilder().Build())), Text(TrackerSettings.Read(Manual)));
    }

    [GeneratedRegex("""read\.(?:Text|Choice|Whole|Number|Address|AddressesByDomain|Flag|Networks|Download)\("(?<name>[^"]+)""")]
    private static partial Regex Read();

    [GeneratedRegex("""^\s*"\w+": [^{]""")]
    private static partial Regex Value();
}
