using System.Text.Json;

namespace Tracker.Web;

/// <summary>Enumerations in the API: by name, in camelCase.</summary>
public static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Takes no_answer, no-answer and NoAnswer for noAnswer.</summary>
    /// <exception cref="ProblemException">None of the names.</exception>
    public static T Parse<T>(string name, string? text) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(v => Plain(v.ToString()!) == Plain(text ?? ""))
        ?? throw new ProblemException(Problems.Parameter(name, text, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Of))}"));

    static string Plain(string text) => text.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
