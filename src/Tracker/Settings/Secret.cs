namespace Tracker.Settings;

/// <summary>A password or the like, given as it is or as <c>file:PATH</c>. Never shown, whoever writes it to a log.</summary>
public sealed class Secret(string text)
{
    const string FilePrefix = "file:";

    public static readonly Secret None = new("");

    public bool IsGiven => text.Length > 0;

    /// <summary>Null when it does not come from a file.</summary>
    public string? File => text.StartsWith(FilePrefix, StringComparison.Ordinal) ? text[FilePrefix.Length..] : null;

    /// <summary>Read at each use, so that a changed file needs no restart. A line end after it is not part of it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string Read() => File is { } file ? System.IO.File.ReadAllText(file).TrimEnd('\r', '\n') : text;

    public override string ToString() => IsGiven ? "(not shown)" : "";
}
