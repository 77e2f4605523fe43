using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using MimeKit;

namespace Tracker.Tests.Story;

/// <summary>The rest of the world: a page that shows a mail's HTML as webmail does, and the site that the mail links to.</summary>
sealed class Webmail : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentBag<string> _visits = [];
    byte[] _html = [];

    Webmail()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/mail", () => Results.Bytes(_html, "text/html; charset=iso-8859-1"));
        _app.MapGet("/proposal", (HttpContext http) =>
        {
            _visits.Add(http.Request.QueryString.Value ?? "");
            return Results.Content("<!DOCTYPE html><title>The proposal</title><h1>The proposal</h1>", "text/html", Encoding.UTF8);
        });
    }

    public string Address => _app.Urls.First();

    /// <summary>With what the destination was asked for.</summary>
    public IReadOnlyCollection<string> Visits => _visits;

    public static async Task<Webmail> StartAsync()
    {
        var webmail = new Webmail();
        await webmail._app.StartAsync(TestContext.Current.CancellationToken);
        return webmail;
    }

    /// <summary>Puts the HTML part of a mail on show, its bytes as they are.</summary>
    public void Show(byte[] mail)
    {
        using var bytes = new MemoryStream(mail);
        var part = MimeMessage.Load(bytes, TestContext.Current.CancellationToken).BodyParts.OfType<TextPart>().Single(p => p.IsHtml);
        using var html = new MemoryStream();
        part.Content!.DecodeTo(html, TestContext.Current.CancellationToken);
        _html = html.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
