using System.Globalization;
using System.Text.Json.Serialization;
using Tracker.Domain.Tokens;

namespace Tracker.Switches;

/// <summary>
/// One decision about links that are out already: where they lead now, or that they lead nowhere. It names the copies, because a link's token says
/// its copy and not its message or rep, and nobody may be asked while a link is followed.
/// </summary>
public sealed record SwitchRule
{
    /// <summary>What it is about, such as <c>link 2 of message 12</c>. A later decision about the same replaces an earlier one.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Taken back; kept for a while so that other servers learn of it.</summary>
    public bool Resumed { get; init; }

    /// <summary>The address to lead to instead; null: stopped.</summary>
    public string? Replacement { get; init; }

    /// <summary>Every link to this host, or to one below it, whoever sent it.</summary>
    public string? Host { get; init; }

    /// <summary>Whose mail it is about as a whole: all that is out (its copies stand here), and none is tracked any more.</summary>
    public string? Rep { get; init; }

    /// <summary>Index of the one link that is meant; null: all of them.</summary>
    public int? Link { get; init; }

    /// <summary>The copies' random ids, as 32 hexadecimal digits.</summary>
    public IReadOnlyList<string> Copies { get; init; } = [];

    /// <summary>Who may see and change it, beside administrators; null: nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>Why, for those who look at it later.</summary>
    public string? Reason { get; init; }

    [JsonIgnore]
    public bool InForce => !Resumed;

    /// <returns>What is wrong with it; null when nothing is. Files can be edited by hand.</returns>
    public string? Problem() =>
        string.IsNullOrEmpty(Name) ? "a rule has no name"
        : Replacement is not null && !Destinations.IsAllowed(Replacement) ? $"the rule '{Name}' leads to '{Replacement}', which is no absolute http or https address"
        : Replacement is not null && Link is null ? $"the rule '{Name}' has a replacement but names no link"
        : Copies.FirstOrDefault(c => !TryCopy(c, out _)) is { } copy ? $"the rule '{Name}' names the copy '{copy}', which is not 32 hexadecimal digits"
        : Host is not null && Hosts.Of("http://" + Host + "/") != Host ? $"the rule '{Name}' names the host '{Host}'; write it as {Hosts.Of("http://" + Host + "/") ?? "a host name"}"
        : null;

    public static bool TryCopy(string text, out CopyId copy)
    {
        var parsed = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text.Length == 2 * CopyId.Length;
        copy = new(value);
        return parsed;
    }
}
