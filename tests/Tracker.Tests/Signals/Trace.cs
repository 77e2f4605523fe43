using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tracker.Domain.Signals;
using Tracker.Hits.Networks;

namespace Tracker.Tests.Signals;

/// <summary>One line of labelled traffic: the format is described in the README next to it.</summary>
sealed record Trace(string Id, string Category, int Links, int? HoneypotLink, TraceRequest[] Requests, bool ExpectPrompt, int[] PromptOn, int? MaxPrompts, TraceContext? Context)
{
    static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<Trace> Read(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Traces", name)).Select(line => JsonSerializer.Deserialize<Trace>(line, Format)!)];

    /// <summary>The hits as they would be recorded. <paramref name="sent"/> is t = 0.</summary>
    public Hit[] Hits(DateTimeOffset sent) => [.. Requests.Select((r, index) => new Hit
    {
        Id = index, Kind = r.Kind == "open" ? HitKind.Open : HitKind.Click, Link = r.Link, At = sent.AddSeconds(r.T), Method = r.Method,
        UserAgent = r.Headers.GetValueOrDefault("User-Agent", ""),
        Headers = r.Headers.Where(h => SignalHeaders.All.Contains(h.Key)).ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value),
        Network = NetworkBook.Shipped.Find(IPAddress.Parse(r.Ip)), SourcePrefix = PrefixOf(r.Ip), SourceHash = StringComparer.Ordinal.GetHashCode(r.Ip),
        OwnVisit = Context?.OwnVisitOf(r) ?? OwnVisit.None,
    }).OrderBy(h => h.At)];

    static string PrefixOf(string ip)
    {
        var address = IPAddress.Parse(ip);
        var (bytes, kept, length) = (address.GetAddressBytes(), address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6, address.AddressFamily == AddressFamily.InterNetwork ? 24 : 48);
        Array.Clear(bytes, kept, bytes.Length - kept);
        return $"{new IPAddress(bytes)}/{length}";
    }
}

sealed record TraceRequest(double T, string Kind, int? Link, string Method, string Ip, Dictionary<string, string> Headers, string Truth, string? IpBasis)
{
    public Verdict TrueVerdict => Truth switch { "human" => Verdict.Human, "machine" => Verdict.Machine, _ => Verdict.Unknown };
}

sealed record TraceContext(string[]? RepIps, string? RepCookie, TraceView[]? RepViews)
{
    public OwnVisit OwnVisitOf(TraceRequest request) =>
        RepCookie is { } cookie && request.Headers.GetValueOrDefault("Cookie", "").Contains(cookie, StringComparison.Ordinal) ? OwnVisit.Browser
        : RepIps is { } own && own.Contains(request.Ip) ? OwnVisit.Network
        : RepViews is { } views && views.Any(v => request.T >= v.From && request.T <= v.To) ? OwnVisit.Thread
        : OwnVisit.None;
}

sealed record TraceView(double From, double To);
