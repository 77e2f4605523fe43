using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tracker.Hits;
using Tracker.Outbound;
using Tracker.Settings;

namespace Tracker.SetUp;

/// <summary>
/// Fetches a pixel and follows a link over the address that prospects use, as a mail program would, with a token of the check's own: name, way, TLS, proxy and
/// token are tried together, and nothing is recorded.
/// </summary>
sealed class PublicCheck(string host, PublicAddress address, SetUpProbe probe, ClientAddress clients, DateTimeOffset now, CancellationToken ct)
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(10), ExpiresSoon = TimeSpan.FromDays(14);

    const string GifType = "image/gif";

    readonly Uri _uri = new(host);
    SslPolicyErrors _tls = SslPolicyErrors.None;
    string _chain = "";
    DateTimeOffset? _certificateEnds;

    public async Task<IReadOnlyList<Finding>> RunAsync()
    {
        var findings = new List<Finding>();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = Longest, SslOptions = { RemoteCertificateValidationCallback = LookAt },
        })
        { Timeout = Longest };
        using var expected = probe.Expect();
        http.DefaultRequestHeaders.Add(SetUpProbe.Header, expected.Name);
        try
        {
            using var pixel = await http.GetAsync($"{address.Open(SetUpProbe.Copy, host)}?check={expected.Name}", ct);
            findings.Add(Reached());
            findings.Add(Tls());
            findings.Add(await PixelAsync(pixel));
            findings.Add(await ClickAsync(http, expected.Name));
            findings.Add(Proxy(expected.Seen));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            findings.Add(Unreachable(e));
        }
        return findings;
    }

    // Seen, and judged by the platform: the connection stands only when nothing is wrong.
    bool LookAt(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _tls = errors;
        _chain = string.Join(" ", chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct() ?? []);
        _certificateEnds = certificate is X509Certificate2 known ? known.NotAfter.ToUniversalTime() : null;
        return errors == SslPolicyErrors.None;
    }

    Finding Reached() => Consent.IsLoopback(host)
        ? Finding.Note("Public address", $"{host} answers, but only on this machine: no prospect elsewhere reaches it.", "Fine for a trial. For real mail set Tracker:PublicUrl to an address that others reach.")
        : Finding.Fine("Public address", $"{host} answers.");

    Finding Unreachable(Exception e)
    {
        if (e is HttpRequestException { InnerException: AuthenticationException } && _tls != SslPolicyErrors.None)
        {
            return Finding.Wrong("TLS", $"The certificate of {_uri.Host} is not right: {What()}", "Get a certificate for exactly this name from an authority that everybody trusts, and install it with its whole chain. Until then mail programs show no pixel, and a click warns the reader.");
        }
        var socket = (e.InnerException as SocketException)?.SocketErrorCode;
        return socket switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                Finding.Wrong("Public address", $"The name {_uri.Host} is not known.", $"Add an A or AAAA record for {_uri.Host} that names this server, or correct Tracker:PublicUrl."),
            SocketError.ConnectionRefused =>
                Finding.Wrong("Public address", $"Nothing listens at {host}.", "Start the proxy in front of this server, or correct the port in Tracker:PublicUrl."),
            _ when e is OperationCanceledException or HttpRequestException { InnerException: TimeoutException } || socket is SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                Finding.Wrong("Public address", $"{host} does not answer within {Longest.TotalSeconds:0} s.", "Open the port in the firewall. Some routers also let nobody inside use the outside address: then open the address on a phone without Wi-Fi, and if it answers there all is well."),
            _ => Finding.Wrong("Public address", $"{host} cannot be reached: {e.InnerException?.Message ?? e.Message}", "See that the address leads to this server, and that the port speaks what the address says (https or http)."),
        };
    }

    string What() => (_tls.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"it is not for the name {_uri.Host}. " : "")
        + (_tls.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "there is none. " : "")
        + (_certificateEnds < now ? $"it ended on {Day(_certificateEnds)}. " : "")
        + (_tls.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? $"it cannot be traced to an authority that is trusted here. {_chain}" : "");

    static string Day(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    Finding Tls() => _uri.Scheme != "https"
        ? Consent.IsLoopback(host)
            ? Finding.Note("TLS", "None, which is fine on this machine alone.")
            : Finding.Wrong("TLS", $"{host} is not encrypted.", "Put a proxy with a certificate in front (docs/operations.md) and give Tracker:PublicUrl its https address: mail programs warn of http links or show no pixel, and everybody on the way reads along.")
        : _certificateEnds - now < ExpiresSoon
            ? Finding.Wrong("TLS", $"The certificate ends on {Day(_certificateEnds)}.", "Renew it, and see why that does not happen by itself.")
            : Finding.Fine("TLS", $"The certificate is right, until {Day(_certificateEnds)}.");

    async Task<Finding> PixelAsync(HttpResponseMessage answer)
    {
        var type = answer.Content.Headers.ContentType?.MediaType;
        return answer.StatusCode == HttpStatusCode.OK && type == GifType
            ? Finding.Fine("Pixel", $"A pixel comes through ({(await answer.Content.ReadAsByteArrayAsync(ct)).Length} bytes).")
            : Other("Pixel", answer);
    }

    async Task<Finding> ClickAsync(HttpClient http, string name)
    {
        var destination = $"{host}/health/live?check={name}";
        using var answer = await http.GetAsync($"{address.Click(SetUpProbe.Copy, 0, destination, host)}?check={name}", ct);
        var location = answer.Headers.TryGetValues("Location", out var values) ? string.Join(", ", values) : "";
        return answer.StatusCode != HttpStatusCode.Found ? Other("Click", answer)
            : location == destination ? Finding.Fine("Click", "A click comes through and lands where its author said.")
            : Finding.Wrong("Click", $"On its way back the destination was changed, from {destination} to {location}.", "A proxy rewrites redirects: switch that off (nginx: proxy_redirect off).");
    }

    static Finding Other(string what, HttpResponseMessage answer)
    {
        var by = answer.Headers.Server.ToString() is { Length: > 0 } server ? $" ({server})" : "";
        return answer.StatusCode == HttpStatusCode.NotFound && answer.Headers.TryGetValues("X-Robots-Tag", out _)
            ? Finding.Wrong(what, "A Tracker answers there, but it does not know this server's keys: every link this server signs is dead.", "Let the address lead to this server, or give both the same key ring (docs/operations.md).")
            : Finding.Wrong(what, $"Something else answers there{by}, with the status {(int)answer.StatusCode}.", "Have the proxy hand everything under /o/, /c/ and /u/ to this server unchanged, without a sign-in or a page in between.");
    }

    Finding Proxy(ProbeSeen? seen)
    {
        if (seen is null)
        {
            return Finding.Note("Proxy", "The request did not arrive at this server: another one with the same keys answered, or a cache did.", "With several servers that is right. Otherwise see where the address leads, and that nothing in front keeps answers.");
        }
        if (seen.Forwarded && !clients.IsTrusted(seen.Peer))
        {
            return Finding.Wrong("Proxy", $"The request came through a proxy at {seen.Peer}, which is not trusted: everybody seems to come from there, and no network can be told from another.", $"Add it to the setting: Tracker:TrustedProxies = …, {seen.Peer}");
        }
        if (_uri.Scheme == "https" && seen.Forwarded && !seen.SaysHttps)
        {
            return Finding.Wrong("Proxy", $"The proxy at {seen.Peer} does not say that the reader spoke https.", "Have it send X-Forwarded-Proto: https. Until then the session cookie is not marked as secure.");
        }
        if (!seen.Forwarded && !Consent.IsLoopback(host) && IsInside(seen.Peer))
        {
            return Finding.Note("Proxy", $"The request came from {seen.Peer}, and nothing says that it was passed on.", "If a proxy stands there, have it send X-Forwarded-For; without it everybody seems to come from there.");
        }
        return Finding.Fine("Proxy", seen.Forwarded ? $"The proxy at {seen.Peer} is trusted; the request came from {seen.Client} through it." : $"No proxy in between; the request came from {seen.Client}.");
    }

    static bool IsInside(IPAddress address) => IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..]);
}
