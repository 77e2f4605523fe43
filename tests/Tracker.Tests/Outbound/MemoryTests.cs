using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Tracker.Tests.Commands;
using Tracker.Tests.Outbound.Filter;
using Tracker.Tests.Support;

namespace Tracker.Tests.Outbound;

/// <summary>A mail just below the limit of 25 MB costs at most three times its size in memory, through REST, the command line and the filter. Measured on the process from outside, as its peak of resident memory.</summary>
public sealed class MemoryTests(ITestOutputHelper output) : IDisposable
{
    const int Size = 24_990_000;

    /// <summary>What the process needs beside the mail when it does anything for the first time.</summary>
    const long Else = 8_000_000;

    readonly ScratchFolder _folder = new();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>HTML with a few links, and an attachment that fills it up.</summary>
    static byte[] Mail(int size)
    {
        var line = new string('Q', 76) + "\r\n";
        var head = "From: Rita <rita@example.com>\r\nTo: Paul <paul@customer.example>\r\nSubject: Offer\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
            + "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p><a href=\"https://rep.example/offer\">the offer</a></p>\r\n"
            + "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"offer.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        var text = new StringBuilder(head, size + 200);
        while (text.Length < size)
        {
            text.Append(line);
        }
        return Encoding.ASCII.GetBytes(text.Append("--b--\r\n").ToString());
    }

    void AssertCheap(string door, long peak, long before)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{door}: {(peak - before) / (double)Size:0.00} times the mail, from {before / 1e6:0} MB to {peak / 1e6:0} MB"));
        Assert.InRange(peak - before, long.MinValue, (3L * Size) + Else);
    }

    [Fact]
    public async Task Through_rest_as_json_and_as_a_mail()
    {
        var (tracker, url) = await TrackerProcess.ServeAsync(_folder.Path);
        await using var _ = tracker;
        await TrackerProcess.RunAsync(_folder.Path, null, "reps", "add", "rita@example.com", "--name", "Rita");
        var key = (await TrackerProcess.RunAsync(_folder.Path, null, "keys", "create", "--name", "t", "--scope", "send", "--rep", "rita@example.com")).Out.Trim();
        using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        foreach (var accept in new[] { "application/json", "message/rfc822" })
        {
            await PostAsync(http, Mail(1000), accept);
            await PostAsync(http, Mail(1000), accept);
            var before = Memory(tracker.Process, "VmRSS");
            await ForgetPeakAsync(tracker.Process);
            var answered = await PostAsync(http, Mail(Size), accept);
            Assert.True(answered > Size);
            AssertCheap("REST, " + accept, Memory(tracker.Process, "VmHWM"), before);
        }
    }

    static async Task<long> PostAsync(HttpClient http, byte[] mail, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages") { Content = new ByteArrayContent(mail) { Headers = { ContentType = new MediaTypeHeaderValue("message/rfc822") } } };
        request.Headers.Accept.ParseAdd(accept);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(Ct);
        var (buffer, read, total) = (new byte[64 * 1024], 0, 0L);
        while ((read = await body.ReadAsync(buffer, Ct)) > 0)
        {
            total += read;
        }
        return total;
    }

    [Fact]
    public async Task Through_the_command_line()
    {
        const string Python = "/usr/bin/python3", Peak = "import resource, subprocess, sys\ncode = subprocess.call(sys.argv[1:])\nprint('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\nsys.exit(code)";
        Assert.SkipUnless(File.Exists(Python), "Python is missing; ./test installs it.");
        await TrackerProcess.RunAsync(_folder.Path, null, "reps", "add", "rita@example.com", "--name", "Rita");
        var peaks = new List<long>();
        foreach (var size in new[] { 1000, Size })
        {
            await File.WriteAllBytesAsync(_folder["in.eml"], Mail(size), Ct);
            await using var process = TrackerProcess.Start(_folder.Path, null, [Python, "-c", Peak], [], "instrument", "in.eml", "--rep", "rita@example.com", "--out", "copies");
            var ended = await process.EndAsync(TimeSpan.FromMinutes(3));
            Assert.True(ended.Code == 0, ended.Error);
            Assert.True(new FileInfo(Assert.Single(Directory.GetFiles(_folder["copies"]))).Length > size);
            peaks.Add(long.Parse(ended.Error.Split('\n').Single(l => l.StartsWith("peak ", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture) * 1024);
        }
        AssertCheap("command line", peaks[1], peaks[0]);
    }

    [Fact]
    public async Task Through_the_filter()
    {
        await using var world = new Hop();
        var port = Postfix.FreePort();
        var (tracker, _) = await TrackerProcess.ServeAsync(_folder.Path, $"--Tracker:Filter:Listen=127.0.0.1:{port}", $"--Tracker:Filter:NextHop=127.0.0.1:{world.Port}");
        await using var __ = tracker;
        await TrackerProcess.RunAsync(_folder.Path, null, "reps", "add", "rita@example.com", "--name", "Rita");
        // The first two make it known to itself; Postfix announces the size as here.
        foreach (var size in new[] { 1000, 1000, Size })
        {
            world.Mails.Clear();
            var (mail, before) = (Sender.Wire(Mail(size)), Memory(tracker.Process, "VmRSS"));
            await ForgetPeakAsync(tracker.Process);
            await Sender.SendAsync(port, [(mail, ["paul@customer.example"])], parameters: $" SIZE={mail.Length}");
            AssertCheap("filter", Memory(tracker.Process, "VmHWM"), before);
            Assert.Contains("/o/", Assert.Single(world.Mails).Raw, StringComparison.Ordinal);
        }
    }

    static Task ForgetPeakAsync(Process process) => File.WriteAllTextAsync($"/proc/{process.Id}/clear_refs", "5", Ct);

    static long Memory(Process process, string what) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/status").Single(l => l.StartsWith(what + ":", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
