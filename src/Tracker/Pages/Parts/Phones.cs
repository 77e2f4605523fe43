namespace Tracker.Pages.Parts;

public static class Phones
{
    /// <returns>What a phone can dial of what somebody wrote; null when there is nothing.</returns>
    public static string? Dial(string? text) =>
        string.Concat((text ?? "").Where(c => char.IsAsciiDigit(c) || c is '+' or '*' or '#')) is { Length: > 2 } digits ? digits : null;
}
