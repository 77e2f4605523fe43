namespace Tracker.Tests.Outbound.Filter;

/// <summary>Sessions as they are to be, one file each: <c>C:</c> is what the mail server says, <c>S:</c> what the filter answers, indented is what the filter and the next hop say to each other.</summary>
public sealed class TranscriptTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Outbound", "Filter", "Transcripts");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Goes_as_written(string name) => await TranscriptPlayer.PlayAsync(await File.ReadAllLinesAsync(Path.Combine(Folder, name + ".txt"), TestContext.Current.CancellationToken));

    [Fact]
    public void There_are_transcripts() => Assert.InRange(Names.Count, 20, 200);
}
