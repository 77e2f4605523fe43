using System.Text.RegularExpressions;

namespace Tracker.Domain.FollowUp;

/// <summary>What an opening line may be made of. Null where nothing is known.</summary>
/// <param name="Interest">What they are interested in: the name of a link they followed. Said as an interest of theirs, never as something we saw.</param>
/// <param name="Reason">Of the touch.</param>
/// <param name="Occasion">What the touch goes back to, one of <see cref="OpeningLines.Occasions"/>; null: nothing that was said.</param>
public sealed record OpeningFacts(
    string? Name, string? Company, string? Interest = null, string? Objection = null, string? Reason = null, string? OpenItems = null, string? Referrer = null,
    bool IsProposal = false, bool IsRevival = false, string? Occasion = null);

public static partial class OpeningLines
{
    /// <summary>Something that was said between us: they wrote, a talk was agreed, they asked for later, they wanted to call.</summary>
    public const string Answer = "answer", Agreed = "agreed", NotNow = "notNow", WillCallUs = "willCallUs";

    public static readonly IReadOnlyList<string> Occasions = [Answer, Agreed, NotNow, WillCallUs];

    /// <summary>What a next step goes back to.</summary>
    /// <param name="reason">Of the next step: the rep's own words, or what an outcome filled in.</param>
    public static string? OccasionOf(string reason) => reason switch
    {
        NextSteps.SaidNotNow => NotNow,
        NextSteps.SaidWillCall => WillCallUs,
        _ => NextSteps.FilledIn.Contains(reason) ? null : Agreed,
    };

    /// <summary>The first words of a call, from facts. The most telling fact that there is a template for wins.</summary>
    /// <param name="templates">The team's, by topic; several of one topic: the first.</param>
    public static string Of(OpeningFacts facts, IReadOnlyList<BankText> templates)
    {
        var line = Filled(facts, templates);
        return WhyNot(line) is null ? line : Plain;
    }

    // Also what a rep or a prospect typed into a reason or a name does not make it say that we watch.
    const string Plain = "Hello, is this a good moment?";

    static string Filled(OpeningFacts facts, IReadOnlyList<BankText> templates)
    {
        var topic = Topics(facts).FirstOrDefault(t => templates.Any(b => b.Topic == t)) ?? "general";
        var template = templates.FirstOrDefault(b => b.Topic == topic)?.Text ?? "Hello {name}, is this a good moment?";
        return template.Replace("{name}", FirstName(facts.Name), StringComparison.Ordinal)
            .Replace("{company}", facts.Company ?? "your plans", StringComparison.Ordinal)
            .Replace("{interest}", facts.Interest ?? "your plans", StringComparison.Ordinal)
            .Replace("{objection}", facts.Objection is { } o ? Spoken(o) : "your question", StringComparison.Ordinal)
            .Replace("{reason}", facts.Reason is { } reason ? ToThem(reason) : "what we spoke about", StringComparison.Ordinal)
            .Replace("{items}", facts.OpenItems ?? "what is still open", StringComparison.Ordinal)
            .Replace("{referrer}", facts.Referrer ?? "a friend of yours", StringComparison.Ordinal)
            .Replace("  ", " ", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal);
    }

    /// <summary>Why a team's template is not taken; null when it is.</summary>
    public static string? WhyNot(string template) => ShippedBanks.NeverSaid.FirstOrDefault(n => template.Contains(n, StringComparison.OrdinalIgnoreCase)) is { } said
        ? $"It says “{said}”. Whoever hears that they are watched stops reading: open with what helps them."
        : null;

    static IEnumerable<string> Topics(OpeningFacts f) => new (bool Known, string Topic)[]
    {
        (f.IsRevival, "revival"), (f.Referrer is not null, "referral"), (f.OpenItems is not null, "items"), (f.Occasion is not null, f.Occasion ?? ""), (f.Objection is not null, "objection"), (f.Interest is not null, "interest"),
        (f.IsProposal, "proposal"), (f.Reason is not null, "reason"),
    }.Where(t => t.Known).Select(t => t.Topic);

    /// <summary>A reason is written for the rep; said to the prospect, "they" is "you".</summary>
    static string ToThem(string reason) => Third().Replace(reason.TrimEnd('.', '!', '?'), word => word.Value.ToLowerInvariant() switch
    {
        "their" => "your",
        "theirs" => "yours",
        "themselves" => "yourself",
        _ => "you",
    });

    [GeneratedRegex(@"\b(they|them|their|theirs|themselves)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Third();

    static string FirstName(string? name) => name?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";

    static string Spoken(string objection) => objection switch
    {
        "price" => "the price",
        "need" => "whether you need it",
        "comparing" => "comparing us with others",
        "competitor" => "the one you work with now",
        "timing" => "the time for it",
        _ => "what held you back",
    };
}
