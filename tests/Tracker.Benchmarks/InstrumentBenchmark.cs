using System.Diagnostics;
using System.Globalization;
using System.Text;
using MimeKit;
using Tracker.Domain.Tokens;
using Tracker.Outbound.Instrumenting;

namespace Tracker.Benchmarks;

/// <summary>One tracked copy of a mail, from bytes to bytes, against MimeKit parsing and writing the same mail unchanged in the same run.</summary>
static class InstrumentBenchmark
{
    const int Rounds = 9;
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    static readonly TimeSpan RunTime = TimeSpan.FromSeconds(0.4);

    static readonly KeyRing Ring = new([new SigningKey(1, [.. Enumerable.Range(0, 32).Select(i => (byte)i)])]);
    static readonly InstrumentOptions Options = new() { PublicUrl = "https://t.example.com" };
    static readonly FormatOptions Transport = new() { NewLineFormat = NewLineFormat.Dos };

    public static Task<IReadOnlyList<Result>> RunAsync() => Task.FromResult<IReadOnlyList<Result>>(
    [
        .. Compare("instrument-5k", Mail(5_000, 15, ContentEncoding.SevenBit), 15, 0.6),
        .. Compare("instrument-5k-qp", Mail(5_000, 15, ContentEncoding.QuotedPrintable), 15, 0.6),
        .. Compare("instrument-5k-base64", Mail(5_000, 15, ContentEncoding.Base64), 15, 0.6),
        .. Compare("instrument-100k", Mail(100_000, 294, ContentEncoding.SevenBit), 294, 0.2),
        .. Compare("instrument-100k-qp", Mail(100_000, 294, ContentEncoding.QuotedPrintable), 294, 0.2),
        .. Compare("instrument-100k-base64", Mail(100_000, 294, ContentEncoding.Base64), 294, 0.2),
    ]);

    static IEnumerable<Result> Compare(string name, byte[] mail, int links, double limit)
    {
        var (made, bare) = (Instrument(mail), Bare(mail));
        if (!made.Instrumented || made.Links.Count(l => l.Tracked) != links || bare != mail.Length)
        {
            throw new InvalidOperationException($"{name}: {made.Reason} {made.Links.Count(l => l.Tracked)} links, {bare} bytes");
        }
        // Until the just-in-time compiler has taken its last look.
        using var process = Process.GetCurrentProcess();
        for (var before = process.TotalProcessorTime; process.TotalProcessorTime - before < WarmUp; process.Refresh())
        {
            Rate(() => Bare(mail));
            Rate(() => Instrument(mail));
        }
        var runs = Enumerable.Range(0, Rounds).Select(_ => (Bare: Rate(() => Bare(mail)), Ours: Rate(() => Instrument(mail)))).ToList();
        var ratios = runs.Select(r => r.Ours / r.Bare).Order().ToList();
        var (bareBytes, ourBytes) = (Allocated(() => Bare(mail)), Allocated(() => Instrument(mail)));
        yield return new(name + "-bare", Median(runs.Select(r => r.Bare)), 0, Note: string.Create(CultureInfo.InvariantCulture, $"{mail.Length:N0} bytes, {bareBytes:N0} allocated"));
        yield return new(
            name, Median(runs.Select(r => r.Ours)), (ratios[^1] - ratios[0]) / ratios[Rounds / 2], ratios[Rounds / 2], limit,
            Note: string.Create(CultureInfo.InvariantCulture, $"{ourBytes:N0} allocated, at most {bareBytes + (3 * mail.Length):N0}: {(ourBytes <= bareBytes + (3 * mail.Length) ? "ok" : "MISSED")}"));
    }

    static MailCopy Instrument(byte[] mail) => OutboundMail.Read(mail, out _)!.CopyFor(new(UInt128.One), Ring, Options);

    static long Bare(byte[] mail)
    {
        using var input = new MemoryStream(mail, writable: false);
        using var output = new MemoryStream();
        MimeMessage.Load(input).WriteTo(Transport, output);
        return output.Length;
    }

    /// <summary>Per second of processor time, since the machine may be busy.</summary>
    static double Rate(Func<object> work)
    {
        using var process = Process.GetCurrentProcess();
        var (count, started, before) = (0, Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        while (Stopwatch.GetElapsedTime(started) < RunTime)
        {
            for (var i = 0; i < 20; i++, count++)
            {
                GC.KeepAlive(work());
            }
        }
        process.Refresh();
        return count / (process.TotalProcessorTime - before).TotalSeconds;
    }

    static double Rate(Func<long> work) => Rate(() => (object)work());

    static double Allocated<T>(Func<T> work)
    {
        const int Count = 20;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++)
        {
            GC.KeepAlive(work());
        }
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
    }

    static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    static byte[] Mail(int size, int links, ContentEncoding encoding)
    {
        var html = new StringBuilder("<html><head><title>Offer</title><style>p { margin: 0 }</style></head><body>\r\n");
        var filler = Math.Max(0, (size - html.Length - (links * 100)) / links);
        for (var i = 0; i < links; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0\">Dear Anna,<br>").Append(Words(filler))
                .Append(CultureInfo.InvariantCulture, $"\r\n<a href=\"https://rep.example/page/{i}?a=1&amp;b={i}\">see page {i}</a></p>\r\n");
        }
        var part = new TextPart("html") { Text = html.Append("</body></html>\r\n").ToString(), ContentTransferEncoding = encoding };
        var message = new MimeMessage { Subject = "Offer", Body = part };
        message.From.Add(new MailboxAddress("Rita", "rita@rep.example"));
        message.To.Add(new MailboxAddress("Anna", "anna@example.com"));
        using var bytes = new MemoryStream();
        message.WriteTo(Transport, bytes);
        return bytes.ToArray();
    }

    static string Words(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(text.Length % 70 < 10 ? "\r\nthe terms " : "we offered ");
        }
        return text.ToString();
    }
}
