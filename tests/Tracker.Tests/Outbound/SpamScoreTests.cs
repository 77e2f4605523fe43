using System.Globalization;
using System.Text;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>Tracking must not cost the inbox: a spam filter's score of wanted mail before and after.</summary>
public sealed class SpamScoreTests(ITestOutputHelper output)
{
    /// <summary>Scores every *.eml of the working folder by the rules that come with SpamAssassin, without the network and without learning.</summary>
    const string Script = """
        use strict; use Mail::SpamAssassin;
        my $filter = Mail::SpamAssassin->new({ local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null', home_dir_for_helpers => '.',
            post_config_text => "use_bayes 0\nskip_rbl_checks 1\nuse_auto_welcomelist 0\n" });
        for my $path (sort glob '*.eml') {
            open my $file, '<:raw', $path or die $!; local $/; my $text = <$file>; close $file;
            my $mail = $filter->parse($text); my $status = $filter->check($mail);
            printf "%s %.3f %s\n", $path, $status->get_score(), $status->get_names_of_tests_hit();
            $status->finish(); $mail->finish();
        }
        """;

    /// <summary>What most sites refuse or file away from.</summary>
    const double Spam = 5.0;

    const double MostMedian = 0.2;

    static IEnumerable<byte[]> Ham => Corpus.Folders.Where(f => f.Contains("spam-assassin", StringComparison.Ordinal)).SelectMany(f => Directory.EnumerateDirectories(f, "*ham*"))
        .SelectMany(f => Directory.EnumerateFiles(f)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Select(WithoutMailboxLine).Select(Corpus.WithRecipient)
        .Where(m => Tracker.Outbound.Instrumenting.OutboundMail.Read(m, out _) is not null);

    /// <summary>Mail with an HTML part as it is tracked by default; the corpus has 187 of them, and plain text with tracked links makes up the number.</summary>
    static IEnumerable<(byte[] Before, byte[] After)> Tracked() =>
        Ham.Select(m => (m, Post.Send(m))).Where(m => m.Item2.Instrumented)
            .Concat(Ham.Where(m => !Post.Send(m).Instrumented).Select(m => (m, Post.Send(m, Post.Options with { PlainTextLinks = true }))).Where(m => m.Item2.Instrumented))
            .Select(m => (m.Item1, m.Item2.Bytes.ToArray()));

    static byte[] WithoutMailboxLine(byte[] mail) => mail.AsSpan().StartsWith("From "u8) ? mail[(mail.AsSpan().IndexOf((byte)'\n') + 1)..] : mail;

    [Fact]
    public async Task Wanted_mail_is_judged_the_same_with_tracking()
    {
        using var folder = new ScratchFolder();
        var mails = Tracked().Where((_, i) => Signals.Long.Run || i % 11 == 0).Take(Signals.Long.Run ? 300 : 20).ToList();
        Assert.True(mails.Count == (Signals.Long.Run ? 300 : 20), $"{mails.Count} mails");
        for (var i = 0; i < mails.Count; i++)
        {
            await File.WriteAllBytesAsync(folder[$"{i:000}-1.eml"], mails[i].Before, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(folder[$"{i:000}-2.eml"], mails[i].After, TestContext.Current.CancellationToken);
        }
        var scored = (await Tool.RunAsync("/usr/bin/perl", folder.Path, Encoding.UTF8.GetBytes(Script), "-")).Ok();
        var scores = scored.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).Select(l => (Score: double.Parse(l[1], CultureInfo.InvariantCulture), Rules: l.ElementAtOrDefault(2) ?? "")).ToList();
        Assert.Equal(mails.Count * 2, scores.Count);
        var pairs = scores.Chunk(2).Select(p => (Before: p[0], After: p[1], Difference: p[1].Score - p[0].Score)).OrderBy(p => p.Difference).ToList();
        var median = pairs[pairs.Count / 2].Difference;
        var pushed = pairs.Where(p => p.Before.Score < Spam && p.After.Score >= Spam).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{pairs.Count} mails: median {median:0.00}, from {pairs[0].Difference:0.00} to {pairs[^1].Difference:0.00}, {pairs.Count(p => p.Difference > 0.05)} higher, {pairs.Count(p => p.Difference < -0.05)} lower, {pushed.Count} pushed over {Spam}"));
        foreach (var group in pairs.SelectMany(p => p.After.Rules.Split(',').Except(p.Before.Rules.Split(','))).GroupBy(r => r, StringComparer.Ordinal).OrderByDescending(g => g.Count()))
        {
            output.WriteLine($"{group.Count()} × {group.Key}");
        }
        Assert.InRange(Math.Abs(median), 0, MostMedian);
        Assert.Empty(pushed);
        // A filter that ran without its rules would find nothing to say.
        Assert.Contains(pairs, p => p.Before.Score != 0);
    }
}
