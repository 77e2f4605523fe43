namespace Tracker.Settings;

/// <summary>A password or the like, given as it is or as <c>file:PATH</c>. Never shown, whoever writes it to a log.</summary>
public sealed class Secret(string text)
{
    const string FilePrefix = "file:";

    public static readonly Secret None = new("");

    readonly Func<string>? _open;

    Secret(Func<string> open) : this("sealed") => _open = open;

    /// <summary>One that is kept sealed, and opened at each use.</summary>
    public static Secret Sealed(Func<string> open) => new(open);

    public bool IsGiven => text.Length > 0;

    /// <summary>Null when it does not come from a file.</summary>
    public string? File => text.StartsWith(FilePrefix, StringComparison.Ordinal) ? text[FilePrefix.Length..] : null;

    /// <summary>Read at each use, so that a changed file needs no restart. A line end after it is not part of it.</summary>
    /// <exception cref="IOException">The file cannot be read, or the seal not be opened.</exception>
    public string Read() => _open is not null ? _open() : File is { } file ? System.IO.File.ReadAllText(file).TrimEnd('\r', '\n') : text;

    public override string ToString() => IsGiven ? "(not shown)" : "";
}
