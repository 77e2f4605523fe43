using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Tracker.Commands;
using Tracker.Settings;

namespace Tracker.Tests.Traces;

public sealed class ReplayTests
{
    const string Click = """{"t":1501.2,"kind":"click","link":0,"method":"GET","ip":"203.0.113.9","headers":{"User-Agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0","Accept":"text/html,*/*"},"truth":"human"}""";

    [Fact]
    public async Task Labelled_traffic_scores_as_it_must()
    {
        var lines = await PlayAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Traces", "dev.jsonl"), TestContext.Current.CancellationToken), scored: true);
        var score = lines[^1];
        Assert.Equal(103, lines.Count - 1);
        Assert.True((score.Number("traces"), score.Number("wrongPrompts"), score.Number("missedPrompts"), score.Number("tooMany")) == (103, 0, 0, 0), score.ToJsonString());
        Assert.True(score.Number("withdrawnPrompts") <= 2, score.ToJsonString());
        Assert.True(score.Number("verdictsRight") >= 0.97 * score.Number("verdicts"), score.ToJsonString());
    }

    [Fact]
    public async Task A_line_tells_verdicts_and_prompts()
    {
        var line = (await PlayAsync($$"""{"id":"one","links":2,"requests":[{{Click}}]}""" + "\n\n", scored: false)).Single();
        Assert.Equal("human", (string?)line["requests"]![0]!["verdict"]);
        Assert.NotEmpty((string)line["requests"]![0]!["reasons"]![0]!);
        Assert.Equal("""[{"request":0,"at":1501.2,"withdrawnAt":null}]""", line["prompts"]!.ToJsonString());
    }

    [Fact]
    public async Task What_is_told_of_the_time_of_sending_counts()
    {
        const string Gmail = """{"t":T,"kind":"open","method":"GET","ip":"66.249.84.214","headers":{"User-Agent":"Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"}}""";
        async Task<string?> VerdictAsync(int t, string offset) =>
            (string?)(await PlayAsync($$"""{"id":"one","links":2{{offset}},"requests":[{{Gmail.Replace("\"t\":T", "\"t\":" + t.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)}}]}""", scored: false)).Single()["requests"]![0]!["verdict"];
        Assert.Equal("human", await VerdictAsync(400, ""));
        Assert.Equal("unknown", await VerdictAsync(400, ",\"sent_at_offset_s\":380"));
        Assert.Equal("human", await VerdictAsync(400, ",\"sent_at_offset_s\":null"));
        Assert.Equal("unknown", await VerdictAsync(20, ",\"sent_at_offset_s\":null"));   // the copy was made at t = 0
        Assert.Equal("unknown", await VerdictAsync(20, ",\"sent_at_offset_s\":300"));
    }

    [Fact]
    public async Task A_held_click_raises_its_prompt_when_nothing_followed_and_a_late_burst_takes_it_back()
    {
        static string At(double t, int link) => Click.Replace("1501.2", t.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("\"link\":0", $"\"link\":{link}", StringComparison.Ordinal);
        var held = (await PlayAsync($$"""{"id":"held","links":2,"requests":[{{At(100, 0)}}]}""", scored: false)).Single();
        Assert.Equal("""[{"request":0,"at":105,"withdrawnAt":null}]""", held["prompts"]!.ToJsonString());
        var late = (await PlayAsync($$"""{"id":"late","links":2,"requests":[{{At(4000, 0)}},{{At(4000.5, 1)}}]}""", scored: false)).Single();
        Assert.Equal("""[{"request":0,"at":4000,"withdrawnAt":4000.5}]""", late["prompts"]!.ToJsonString());
        Assert.All(late["requests"]!.AsArray(), r => Assert.Equal("machine", (string?)r!["verdict"]));
    }

    [Fact]
    public async Task Requests_are_told_in_the_order_of_the_file()
    {
        var earlier = Click.Replace("1501.2", "900", StringComparison.Ordinal).Replace("GET", "HEAD", StringComparison.Ordinal).Replace("203.0.113.9", "198.51.100.3", StringComparison.Ordinal);
        var line = (await PlayAsync($$"""{"id":"two","links":1,"requests":[{{Click}},{{earlier}}]}""", scored: false)).Single();
        Assert.Equal(["human", "machine"], line["requests"]!.AsArray().Select(r => (string?)r!["verdict"]));
    }

    [Theory]
    [InlineData("not json", "file.jsonl, line 2: not a trace in JSON")]
    [InlineData("""{"id":"x","links":1,"requests":[]}""", "line 2: 'requests' is missing or empty")]
    [InlineData("""{"id":"x","links":1,"requests":[{"t":1,"kind":"click","method":"GET","ip":"192.0.2.1","headers":{}}]}""", "line 2: requests[0].link is missing")]
    [InlineData("""{"id":"x","links":1,"requests":[{"t":1,"kind":"open","method":"GET","ip":"nowhere","headers":{}}]}""", "line 2: requests[0].ip is 'nowhere'")]
    [InlineData("""{"id":"x","links":1,"requests":[{"t":1,"kind":"open","method":"GET","ip":"192.0.2.1","headers":{}}]}""", "line 2: requests[0].truth is ''")]
    public async Task A_bad_line_is_named(string bad, string expected)
    {
        var error = await Assert.ThrowsAsync<CommandException>(() => PlayAsync($$"""{"id":"good","links":1,"requests":[{{Click}}]}""" + "\n" + bad, scored: true));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    static async Task<List<JsonNode>> PlayAsync(string text, bool scored)
    {
        var settings = TrackerSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([]).Build());
        await using var output = new StringWriter();
        await ReplayCommand.PlayAsync(settings, new StringReader(text), "file.jsonl", scored, output, TestContext.Current.CancellationToken);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
    }
}

static class Numbers
{
    public static long Number(this JsonNode node, string name) => node[name]!.GetValue<long>();
}
