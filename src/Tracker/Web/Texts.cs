namespace Tracker.Web;

/// <summary>What a caller may put into the texts that people read later.</summary>
public static class Texts
{
    /// <summary>Of names, numbers and labels, in characters.</summary>
    public const int MaxLine = 200;

    /// <exception cref="ProblemException">It is longer than a line is, or more than one.</exception>
    public static void Line(string name, string? text)
    {
        if (text is { Length: > MaxLine } || text?.Any(char.IsControl) == true)
        {
            throw new ProblemException(Problems.Parameter(name, text, $"one line of at most {MaxLine} characters"));
        }
    }

    /// <exception cref="ProblemException">It is longer than that.</exception>
    public static void AtMost(int length, string name, string? text)
    {
        if (text?.Length > length)
        {
            throw new ProblemException(Problems.Parameter(name, text, $"at most {length} characters"));
        }
    }

    /// <summary>Refuses the one character that PostgreSQL cannot store, before it gets there through a filter.</summary>
    public static void UseQueryCheck(this WebApplication app) => app.Use((http, next) =>
        http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? Problems.InvalidParameter.With("The query holds the character U+0000 (%00), which no text here can hold.").ExecuteAsync(http)
            : next(http));
}
