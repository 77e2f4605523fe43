namespace Tracker.Tests.Architecture;

/// <summary>It is the tail to police: a file or function nobody can read in one go.</summary>
public sealed class SizeTests
{
    const int MaxFile = 300, MaxFunction = 60, MaxProgram = 40;

    [Fact]
    public void No_file_is_too_long() => Assert.Empty(Source.Files.Where(f => f.Lines.Length > MaxFile).Select(f => $"{f.Path}: {f.Lines.Length} lines"));

    [Fact]
    public void The_program_is_a_table_of_contents() => Assert.InRange(Source.Files.Single(f => f.Path == "Tracker/Program.cs").Lines.Length, 10, MaxProgram);

    [Fact]
    public void No_function_is_too_long() => Assert.Empty(Source.Files.SelectMany(f => Functions(f.Lines).Where(l => l.Length > MaxFunction).Select(l => $"{f.Path}:{l.At}: {l.Length} lines")));

    [Fact]
    public void The_count_sees_functions() => Assert.True(Source.Files.Sum(f => Functions(f.Lines).Count()) > 300);

    /// <summary>By the code's own layout: a member of a type stands at four spaces and its braces alone on their lines, at four spaces too.</summary>
    static IEnumerable<(int At, int Length)> Functions(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i] == "    {" && !lines[i - 1].Contains(" class ", StringComparison.Ordinal) && !lines[i - 1].Contains(" record ", StringComparison.Ordinal)
                && !lines[i - 1].Contains(" struct ", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i, l => l.StartsWith("    }", StringComparison.Ordinal));
                Assert.True(end > i, lines[i - 1]);
                yield return (i, end - i);
            }
        }
    }
}
