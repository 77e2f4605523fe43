using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Tracker.Feed;
using Tracker.Prompts;

namespace Tracker.Commands.Demo;

/// <summary>Tells the day on the terminal, from nothing but the feed: what it shows is what every client gets.</summary>
sealed class Narrator(TimeProvider time)
{
    const string Quiet = "grey", Bright = "bold yellow", Good = "green", Bad = "red";

    /// <summary>What was said of each hit last: a judgement whose reason alone has changed is no news to a reader.</summary>
    readonly Dictionary<string, string> _verdicts = [];

    public async Task RunAsync(Stream feed, CancellationToken ct)
    {
        await foreach (var item in SseParser.Create(feed).EnumerateAsync(ct))
        {
            if (Tell(item.EventType, JsonDocument.Parse(item.Data).RootElement) is { } line)
            {
                line.Write();
            }
        }
    }

    Line? Tell(string type, JsonElement data) => type switch
    {
        FeedTypes.Hit or FeedTypes.HitJudged => Hit(data),
        FeedTypes.PromptRefreshed when Text(data, "state") == PromptStates.Snoozed => Told(($"- {Whom(data)} - silent for a while: {RepOf(data)} asked for that", Quiet)),
        FeedTypes.PromptRaised or FeedTypes.PromptRefreshed => Told(($"☎ {Whom(data)} - {Reasons(data)[0]}", Bright), ("   " + Text(data, "phone"), Good)),
        FeedTypes.PromptWithdrawn => Told(($"✗ {Whom(data)} - taken back: it was a machine after all", Bad)),
        FeedTypes.PromptExpired => Told(($"✗ {Whom(data)} - nobody called: a call is owed", Bad)),
        FeedTypes.PromptClosed when Text(data, "state") == PromptStates.Dismissed => Told(($"- {Whom(data)} - dismissed", Quiet)),
        FeedTypes.PromptClosed => Told(($"✓ {Whom(data)} - {RepOf(data)} called: {Text(data, "outcome")}{NextStep(data)}", Good)),
        _ => null,
    };

    /// <summary>People bright, machines dim, and always why.</summary>
    Line? Hit(JsonElement hit)
    {
        var (id, verdict) = (Text(hit, "hitId"), Text(hit, "verdict"));
        var before = _verdicts.GetValueOrDefault(id);
        if (before == verdict)
        {
            return null;
        }
        _verdicts[id] = verdict;
        var style = verdict switch { "human" => "bold green", "checking" => "aqua", "unknown" => "olive", _ => Quiet };
        var who = Cast.Prospects.FirstOrDefault(p => p.Email == Text(hit, "recipient"))?.Name ?? Text(hit, "recipient");
        var did = Text(hit, "linkLabel") is { Length: > 0 } label ? $"“{label}”" : "opened";
        return Told(
            ($"{(before is null ? "" : "now ")}{verdict}".PadRight(12), style),
            ($"{who,-17}{did,-21}", verdict == "machine" ? Quiet : "default"),
            (Reasons(hit)[0], Quiet));
    }

    /// <summary>With the time at which it was told, not at which it happened: a prompt is taken back later than it was raised.</summary>
    Line Told(params ReadOnlySpan<(string, string)> pieces) =>
        new([(TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone).ToString("HH:mm:ss  ", CultureInfo.InvariantCulture), Quiet), .. pieces]);

    static string Whom(JsonElement prompt) => $"{Text(prompt, "name")} ({Text(prompt, "company")})";

    static string RepOf(JsonElement prompt) => Cast.Reps.FirstOrDefault(r => r.Email == Text(prompt, "rep"))?.FirstName ?? Text(prompt, "rep");

    static string NextStep(JsonElement prompt) => prompt.TryGetProperty("nextStep", out var step) && step.ValueKind == JsonValueKind.Object
        ? $", next: {Text(step, "kind")}{(step.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.String ? " on " + at.GetDateTimeOffset().ToString("ddd d MMM", CultureInfo.InvariantCulture) : "")}"
        : "";

    static List<string> Reasons(JsonElement data) => [.. data.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()!)];

    static string Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
