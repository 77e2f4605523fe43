using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using Tracker.Domain.Tokens;
using Tracker.Outbound;
using Tracker.Outbound.Instrumenting;
using Tracker.Outbound.Outbox;
using Tracker.Settings;

namespace Tracker.SetUp;

/// <summary>A tracked mail that belongs to no stored copy: what is fetched of it counts nowhere.</summary>
sealed class MailProbe
{
    public const string Subject = "Tracker's probe";

    /// <summary>With what mail programs and gateways like to change.</summary>
    const string Destination = "https://example.com/tracker-probe?a=1&b=%20c#d";

    MailProbe(byte[] mail, string sender, string recipient, string messageId, MailCopy copy) =>
        (Mail, Sender, Recipient, MessageId, OpenUrl, ClickUrl) = (mail, sender, recipient, messageId, copy.OpenUrl!, copy.Links[0].TrackedUrl!);

    public byte[] Mail { get; }
    public string Sender { get; }
    public string Recipient { get; }
    public string MessageId { get; }
    string OpenUrl { get; }
    string ClickUrl { get; }

    /// <returns>Null when the recipient is no address that a mail could go to.</returns>
    public static MailProbe? Make(IServiceProvider services, string sender, string recipient)
    {
        var id = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{Intake.Domain(sender)}";
        var text = $"""
            From: <{sender}>
            To: <{recipient}>
            Subject: {Subject}
            Message-ID: <{id}>
            Date: {services.GetRequiredService<TimeProvider>().GetUtcNow():R}
            MIME-Version: 1.0
            Content-Type: text/html; charset=utf-8

            <html><body><p>Sent by Tracker to see whether mail arrives as it was sent. Nothing needs to be done.</p>
            <p><a href="{WebUtility.HtmlEncode(Destination)}">a link</a></p></body></html>

            """.ReplaceLineEndings("\r\n");
        var mail = OutboundMail.Read(Encoding.UTF8.GetBytes(text.Replace(" GMT", " +0000", StringComparison.Ordinal)), out _);
        if (mail is null)
        {
            return null;
        }
        var copy = mail.CopyFor(
            CopyId.FromBytes(RandomNumberGenerator.GetBytes(CopyId.Length)), services.GetRequiredService<KeyRing>(), new() { PublicUrl = services.GetRequiredService<PublicAddress>().Url });
        // In front of the finished copy: automatic mail is never tracked, and this must be. It keeps absence notes from answering the probe.
        return new([.. "Auto-Submitted: auto-generated\r\n"u8, .. Submission.EndLine(copy.Bytes).Span], sender, recipient, id, copy);
    }

    /// <summary>What the way has done to it.</summary>
    public void Compare(MimeMessage arrived, string where, MailFindings findings)
    {
        var html = WebUtility.HtmlDecode(arrived.HtmlBody ?? "");
        var (link, pixel) = (html.Contains(ClickUrl, StringComparison.Ordinal), html.Contains(OpenUrl, StringComparison.Ordinal));
        findings.Ok($"The probe arrived at {where}.");
        if (link && pixel)
        {
            findings.Ok("Its pixel and link arrived as they were sent.");
        }
        else
        {
            findings.Problem($"Its {(pixel ? "link" : link ? "pixel" : "pixel and link")} did not arrive as sent: something on the way rewrites mail (a gateway that checks links?). Opens and clicks then come from that gateway; add it to Tracker:GatewayNetworks.");
        }
        foreach (var result in arrived.Headers.Where(h => h.Id == HeaderId.AuthenticationResults).Take(1))
        {
            foreach (var check in (string[])["spf", "dkim", "dmarc"])
            {
                if (result.Value.Contains(check + "=fail", StringComparison.OrdinalIgnoreCase))
                {
                    findings.Problem($"The receiving server says {check}=fail. Mail of {Intake.Domain(Sender)} will be taken for junk; docs/mail.md says where signing belongs.");
                }
            }
        }
    }

    /// <summary>Fetches pixel and link by the public address, as a prospect would.</summary>
    public async Task VisitAsync(TrackerSettings settings, MailFindings findings, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15) };
        await CheckAsync("pixel", OpenUrl, a => a.StatusCode == HttpStatusCode.OK && a.Content.Headers.ContentType?.MediaType == "image/gif", http, findings, ct);
        await CheckAsync("link", ClickUrl, a => a.StatusCode == HttpStatusCode.Redirect && a.Headers.NonValidated["Location"].ToString() == Destination, http, findings, ct);
        if (Consent.IsLoopback(settings.PublicUrl.Length > 0 ? settings.PublicUrl : Consent.FirstAddress(settings.Urls)))
        {
            findings.Problem("The public address is this machine's own, so nobody else can fetch pixels or follow links. Set Tracker:PublicUrl to the address that prospects reach.");
        }
        else
        {
            findings.Ok($"Seen from this machine; to see it from outside, open this on a phone without Wi-Fi (it shows nothing but must not fail): {OpenUrl}");
        }
    }

    static async Task CheckAsync(string what, string url, Func<HttpResponseMessage, bool> isRight, HttpClient http, MailFindings findings, CancellationToken ct)
    {
        var host = new Uri(url).GetLeftPart(UriPartial.Authority);
        try
        {
            using var answer = await http.GetAsync(url, ct);
            if (isRight(answer))
            {
                findings.Ok($"The {what} works at {host}.");
                return;
            }
            findings.Problem($"The {what} at {host} answers {(int)answer.StatusCode}{(answer.StatusCode == HttpStatusCode.NotFound ? ": is that this Tracker, with this data folder's key ring?" : "")} where it should work. Check the reverse proxy: /o/, /c/ and /u/ must reach Tracker unchanged.");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            findings.Problem($"The {what} cannot be fetched at {host}: {e.Message} Is 'tracker serve' running, and does Tracker:PublicUrl lead to it?");
        }
    }
}
