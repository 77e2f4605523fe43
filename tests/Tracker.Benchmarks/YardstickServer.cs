using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Journal;

namespace Tracker.Benchmarks;

/// <summary>The fastest this framework goes: slim builder, no logging, no routing, no work.</summary>
static class YardstickServer
{
    static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    // What one hit takes in the journal, roughly.
    static readonly byte[] Payload = new byte[200];

    public static async Task RunAsync(string kind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        if (kind is "journal" or "journal-later")
        {
            // In the working folder, which whoever started and kills this process deletes.
            await using var journal = HitJournal.Open(new() { Folder = "journal" }, TimeProvider.System, NullLogger<HitJournal>.Instance);
            using var drained = new CancellationTokenSource();
            var draining = JournalBenchmark.DrainAsync(journal, drained.Token);
            app.Run(http => RecordAsync(http, journal, isAwaited: kind == "journal"));
            await app.RunAsync();
            await drained.CancelAsync();
            await draining;
            return;
        }
        if (kind == "insert")
        {
            using var insert = new InsertYardstick("insert.db");
            app.Run(insert.AnswerAsync);
            await app.RunAsync();
            return;
        }
        app.Run(kind == "click" ? RedirectAsync : PixelAsync);
        await app.RunAsync();
    }

    public static Task PixelAsync(HttpContext http)
    {
        http.Response.ContentType = "image/gif";
        http.Response.ContentLength = Pixel.Length;
        return http.Response.Body.WriteAsync(Pixel).AsTask();
    }

    static Task RedirectAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.Headers.Location = Requests.Destination;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    static async Task RecordAsync(HttpContext http, HitJournal journal, bool isAwaited)
    {
        var hit = journal.Append(Payload);
        if (isAwaited)
        {
            await hit.Recorded;
        }
        await PixelAsync(http);
    }
}
