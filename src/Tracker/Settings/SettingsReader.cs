using System.Globalization;
using System.Net;

namespace Tracker.Settings;

/// <summary>One or more settings are wrong; each line names the setting, its value and what would be right.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Reads settings one by one and gathers what is wrong with them, so that the person who runs Tracker sees all of it at once.</summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    // A misspelt name must not bring a secret into the log.
    static readonly string[] Secretive = ["pass", "secret", "token"];

    readonly List<string> _problems = [];
    readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string Text(string name, string fallback)
    {
        _known.Add(name);
        return configuration[name] is { Length: > 0 } value ? value : fallback;
    }

    public string Choice(string name, string fallback, params string[] choices)
    {
        var value = Text(name, fallback);
        if (value.Length > 0 && !choices.Contains(value, StringComparer.Ordinal))
        {
            Problem(name, value, $"one of: {string.Join(", ", choices)}");
        }
        return value;
    }

    public long Whole(string name, long fallback, long least, long most)
    {
        var text = Text(name, "");
        if (text.Length == 0)
        {
            return fallback;
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }
        Problem(name, text, $"a whole number from {least} to {most} (default {fallback})");
        return fallback;
    }

    public double Number(string name, double fallback, double least, double most)
    {
        var text = Text(name, "");
        if (text.Length == 0)
        {
            return fallback;
        }
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }
        Problem(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most} (default {fallback})"));
        return fallback;
    }

    /// <summary>An absolute http or https address without query; its trailing slash is dropped. Empty when not set.</summary>
    public string Address(string name)
    {
        var text = Text(name, "");
        if (text.Length == 0)
        {
            return text;
        }
        if (PublicUrls.IsUsable(text))
        {
            return text.TrimEnd('/');
        }
        Problem(name, text, PublicUrls.Right);
        return "";
    }

    public bool Flag(string name, bool fallback) => bool.TryParse(Choice(name, fallback ? "true" : "false", "true", "false", "True", "False"), out var value) && value;

    /// <summary>Addresses as <see cref="Address"/> takes them, each for a mail domain: <c>example.com=https://t.example.com, …</c>.</summary>
    public IReadOnlyDictionary<string, string> AddressesByDomain(string name)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var pair in Text(name, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || Uri.CheckHostName(parts[0]) != UriHostNameType.Dns || !PublicUrls.IsUsable(parts[1]))
            {
                Problem(name, pair, $"mail domains with a tracking host each, separated by commas, such as example.com=https://t.example.com; the host is {PublicUrls.Right}");
            }
            else if (!addresses.TryAdd(parts[0].ToLowerInvariant(), parts[1].TrimEnd('/')))
            {
                Problem(name, pair, $"each domain once; {parts[0]} is there twice");
            }
        }
        return addresses;
    }

    /// <summary>An absolute http or https address to fetch from, with its query.</summary>
    public string Download(string name, string fallback)
    {
        var text = Text(name, fallback);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            Problem(name, text, $"an address to fetch the list from (default {fallback})");
        }
        return text;
    }

    /// <summary>Addresses or networks, separated by commas or as a JSON list.</summary>
    public IReadOnlyList<IPNetwork> Networks(string name, params string[] fallback)
    {
        _known.Add(name);
        var section = configuration.GetSection(name);
        var texts = section.GetChildren().Select(c => c.Value ?? "").ToList();
        if (texts.Count == 0)
        {
            texts = [.. (section.Value ?? string.Join(',', fallback)).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        }
        var networks = new List<IPNetwork>();
        foreach (var text in texts)
        {
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                Problem(name, text, "addresses or networks such as 10.0.0.5, 10.0.0.0/8 or 2001:db8::/32, separated by commas");
            }
        }
        return networks;
    }

    public void Problem(string name, string value, string right) =>
        _problems.Add($"The setting {name} is '{value}'. It takes {right}.");

    /// <summary>A misspelt setting would silently leave the default in force, so it counts as wrong.</summary>
    /// <exception cref="SettingsException">Anything was wrong.</exception>
    public void ThrowIfWrong()
    {
        foreach (var (name, value) in configuration.GetSection("Tracker").AsEnumerable())
        {
            if (value is not null && !_known.Contains(name) && !_known.Any(known => name.StartsWith(known + ":", StringComparison.OrdinalIgnoreCase)))
            {
                var shown = Secretive.Any(s => name.Contains(s, StringComparison.OrdinalIgnoreCase)) ? "(not shown)" : value;
                _problems.Add($"There is no setting {name} (its value is '{shown}'). The settings are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
        if (_problems.Count > 0)
        {
            throw new SettingsException(_problems);
        }
    }
}
