using Spectre.Console;

namespace Tracker.Commands.Demo;

/// <summary>A line for the terminal, in pieces of one style each.</summary>
sealed record Line(IReadOnlyList<(string Text, string Style)> Pieces)
{
    public static Line Of(params (string Text, string Style)[] pieces) => new(pieces);

    /// <summary>On a terminal in colour and cut to its width, so that the day stays a list; whole and plain when it goes into a file or pipe.</summary>
    public void Write()
    {
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(string.Concat(Pieces.Select(p => p.Text)));
            return;
        }
        var left = AnsiConsole.Profile.Width - 1;
        var markup = "";
        foreach (var (text, style) in Pieces)
        {
            markup += $"[{style}]{Markup.Escape(Cut(text, left))}[/]";
            left = Math.Max(0, left - text.Length);
        }
        AnsiConsole.MarkupLine(markup);
    }

    static string Cut(string text, int most) => text.Length <= most ? text : most < 1 ? "" : string.Concat(text.AsSpan(0, most - 1), "…");
}
