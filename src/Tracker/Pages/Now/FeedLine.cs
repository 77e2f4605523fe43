using System.Text.Json;
using Tracker.Engagement;
using Tracker.Feed;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Web;

namespace Tracker.Pages.Now;

/// <summary>One line of the feed as the page shows it.</summary>
/// <param name="Tone">human, machine, unknown, checking; or note, for what is not a hit.</param>
/// <param name="Key">What it is about: a later entry about the same takes its place.</param>
/// <param name="Did">What they did, in words that follow the name.</param>
/// <param name="Mail">Subject of the mail.</param>
public sealed record FeedLine(
    string Tone, string Key, DateTimeOffset At, string? ProspectId, string Who, string Did, string? MessageId, string? Mail, string? HitId, string? Reason);

public static class FeedLines
{
    /// <summary>Lines from entries, newest first; of several entries about one hit the newest stands.</summary>
    /// <param name="rows">In any order.</param>
    public static IReadOnlyList<FeedLine> Of(IEnumerable<FeedRow> rows, ProspectNames names)
    {
        var lines = new Dictionary<string, FeedLine>();
        foreach (var row in rows.OrderBy(r => r.Id))
        {
            if (LineOf(row, names) is { } line)
            {
                lines[line.Key] = line;
            }
        }
        return [.. lines.Values.OrderByDescending(l => l.At).ThenByDescending(l => l.Key, StringComparer.Ordinal)];
    }

    static FeedLine? LineOf(FeedRow row, ProspectNames names) => row.Type switch
    {
        FeedTypes.Hit or FeedTypes.HitJudged => HitLine(Read<HitEvent>(row), names),
        FeedTypes.PromptWithdrawn => PromptLine(row, names, _ => "call taken back: a machine after all"),
        FeedTypes.PromptExpired => PromptLine(row, names, _ => "was not called: the call is owed now"),
        FeedTypes.PromptHanded => PromptLine(row, names, p => $"handed to {p.Rep}"),
        FeedTypes.PromptClosed => PromptLine(row, names, p => p.Outcome is { } outcome ? $"called: {Outcomes.Text(outcome)}" : "dismissed"),
        FeedTypes.PromptRaised or FeedTypes.PromptRefreshed or FeedTypes.Ready => null,
        _ => OtherLine(row, names),
    };

    static FeedLine HitLine(HitEvent hit, ProspectNames names) => new(
        hit.Verdict, "hit-" + hit.HitId, hit.At, hit.ProspectId, Name(hit.ProspectId, hit.Recipient, names), Did(hit), hit.MessageId, hit.Subject, hit.HitId, hit.Reasons.Count > 0 ? hit.Reasons[0] : null);

    static string Did(HitEvent hit) => hit.Kind == "click" ? $"clicked “{hit.LinkLabel ?? "a link"}”" : "looked at the mail";

    static FeedLine PromptLine(FeedRow row, ProspectNames names, Func<PromptView, string> did)
    {
        var prompt = Read<PromptView>(row);
        return new("note", "entry-" + Ids.Text(row.Id), Times.Of(row.AtMs), prompt.ProspectId, Name(prompt.ProspectId, prompt.Email, names), did(prompt), null, null, null, null);
    }

    /// <summary>Types that are newer than this page: what they have in common is shown, so that nothing happens unseen.</summary>
    static FeedLine? OtherLine(FeedRow row, ProspectNames names)
    {
        var data = JsonDocument.Parse(row.Data).RootElement;
        string? Text(string name) => data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var prospect = row.ProspectId is { } id ? Ids.Text(id) : null;
        var address = Text("recipient") ?? Text("email");
        return address is null && prospect is null ? null : new(
            "note", "entry-" + Ids.Text(row.Id), Times.Of(row.AtMs), prospect, Name(prospect, address ?? "", names), row.Type switch
            {
                FeedTypes.ForwardedLikely => "seems to have handed the mail on: somebody reads it elsewhere",
                "reply" => "answered your mail",
                "delivery.failed" => "did not get the mail: " + (Text("reason") ?? Text("status") ?? "it came back"),
                "touch.due" => "is due: " + (Text("text") ?? Text("kind") ?? "a touch"),
                _ => Text("text") ?? row.Type,
            }, Text("messageId"), Text("subject"), Text("hitId"), null);
    }

    static string Name(string? prospectId, string address, ProspectNames names) => prospectId is not null && names.Of(Ids.Parse(prospectId) ?? 0) is { } name ? name : address;

    static T Read<T>(FeedRow row) => JsonSerializer.Deserialize<T>(row.Data, ApiJson.Options)!;
}

/// <summary>Outcomes in words for a person.</summary>
public static class Outcomes
{
    public static readonly IReadOnlyList<(string Name, string Text, string Key)> All =
    [
        ("connected", "connected", "c"), ("voicemail", "left a voicemail", "v"), ("noAnswer", "no answer", "n"), ("wrongNumber", "wrong number", "w"),
        ("notNow", "not now: later", "l"), ("willCallUs", "they will call us", "u"), ("stop", "stop: no more contact", "x"),
    ];

    public static string Text(string name) => All.FirstOrDefault(o => o.Name == name).Text ?? name;
}
