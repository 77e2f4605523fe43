namespace Tracker.Domain.FollowUp;

/// <summary>What an opening line may be made of. Null where nothing is known.</summary>
/// <param name="Interest">What they are interested in: the name of a link they followed. Said as an interest of theirs, never as something we saw.</param>
/// <param name="Reason">Of the touch.</param>
public sealed record OpeningFacts(
    string? Name, string? Company, string? Interest = null, string? Objection = null, string? Reason = null, string? OpenItems = null, string? Referrer = null,
    bool IsProposal = false, bool IsRevival = false);

public static class OpeningLines
{
    /// <summary>The first words of a call, from facts. The most telling fact that there is a template for wins.</summary>
    /// <param name="templates">The team's, by topic; several of one topic: the first.</param>
    public static string Of(OpeningFacts facts, IReadOnlyList<BankText> templates)
    {
        var topic = Topics(facts).FirstOrDefault(t => templates.Any(b => b.Topic == t)) ?? "general";
        var template = templates.FirstOrDefault(b => b.Topic == topic)?.Text ?? "Hello {name}, is this a good moment?";
        return template.Replace("{name}", FirstName(facts.Name), StringComparison.Ordinal)
            .Replace("{company}", facts.Company ?? "your plans", StringComparison.Ordinal)
            .Replace("{interest}", facts.Interest ?? "your plans", StringComparison.Ordinal)
            .Replace("{objection}", facts.Objection is { } o ? Spoken(o) : "your question", StringComparison.Ordinal)
            .Replace("{reason}", facts.Reason ?? "what we spoke about", StringComparison.Ordinal)
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
        (f.IsRevival, "revival"), (f.Referrer is not null, "referral"), (f.OpenItems is not null, "items"), (f.Objection is not null, "objection"), (f.Interest is not null, "interest"),
        (f.IsProposal, "proposal"), (f.Reason is not null, "reason"),
    }.Where(t => t.Known).Select(t => t.Topic);

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
