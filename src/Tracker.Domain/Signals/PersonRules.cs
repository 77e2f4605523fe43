namespace Tracker.Domain.Signals;

/// <summary>What people look like. Asked last: by then nothing has spoken against one.</summary>
static class PersonRules
{
    public static Finding? Opened(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return !fact.IsOpen ? null : fact.Client.Kind switch
        {
            ClientKind.MailProxy => Finding.Human(0.85, $"{fact.Client.Name} fetches pictures when the reader looks at the mail"),
            ClientKind.MailProgram or ClientKind.WebView => Finding.Human(0.85, $"opened in {fact.Client.Name}, {After(scene, fact)}"),
            ClientKind.Browser => Finding.Human(0.7, $"opened in {fact.Client.Name}, {After(scene, fact)}"),
            _ => null,
        };
    }

    public static Finding? Clicked(Scene scene, int index)
    {
        var fact = scene.Facts[index];
        return !fact.IsClick || !fact.IsBrowser ? null
            : PatternRules.ReaderOpenedFrom(scene, index)
                ? Finding.Human(0.95, $"clicked in {fact.Client.Name} where the mail was opened before, {After(scene, fact)}")
            : scene.IsRisky(fact) ? Finding.Human(0.7, $"clicked in {fact.Client.Name}, and nothing followed as in a scan, {After(scene, fact)}")
            : fact.Network is NetworkKind.Gateway or NetworkKind.Hosting
                ? Finding.Human(0.6, $"clicked in {fact.Client.Name} through {fact.Hit.Network!.Name}, {After(scene, fact)}")
            : Finding.Human(0.9, $"clicked in {fact.Client.Name}, {After(scene, fact)}");
    }

    static string After(Scene scene, Fact fact) => fact.Age < TimeSpan.FromSeconds(1) ? "as the first to touch this copy"
        : $"{Words.Span(fact.Age)} after {(scene.SendTimeKnown ? "sending" : "the first hit")}";
}
