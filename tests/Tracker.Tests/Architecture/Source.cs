using System.Text.RegularExpressions;

namespace Tracker.Tests.Architecture;

/// <summary>The product's source, found by walking up from where the tests run.</summary>
static partial class Source
{
    public static string Root { get; } = Up(AppContext.BaseDirectory);

    static string Up(string folder) => File.Exists(Path.Combine(folder, "Tracker.sln")) ? folder : Up(Path.GetDirectoryName(folder)!);

    /// <summary>Path below src with forward slashes, and the lines.</summary>
    public static IReadOnlyList<(string Path, string[] Lines)> Files { get; } =
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
           let path = Path.GetRelativePath(Path.Combine(Root, "src"), file).Replace('\\', '/')
           where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
           orderby path
           select (path, File.ReadAllLines(file)),
    ];

    /// <summary>The feature folder of a file of src/Tracker; null for the files above all of them and for the domain.</summary>
    public static string? FolderOf(string path) => path.Split('/') is ["Tracker", var folder, _, ..] ? folder : null;

    /// <summary>The lines without comments, so that prose is not taken for code.</summary>
    public static IEnumerable<string> Code(string[] lines) => lines.Select(l => Comment().Replace(l, ""));

    [GeneratedRegex(@"(^\s*|\s{2,})//.*$")]
    private static partial Regex Comment();
}
