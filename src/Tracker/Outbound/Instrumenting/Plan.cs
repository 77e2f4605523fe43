using Tracker.Domain.Tokens;

namespace Tracker.Outbound.Instrumenting;

/// <summary>The edits and reports of one copy while they are being gathered, part by part.</summary>
sealed class Plan(CopyId copy, KeyRing ring, InstrumentOptions options, string wayOut, bool delicate)
{
    readonly List<LinkReport> _reports = [];
    readonly List<string> _warnings = [];

    readonly string _clicks = options.PublicUrl + "/c/";
    string? _openUrl;
    string? _optOutUrl;

    public InstrumentOptions Options => options;

    public IReadOnlyList<LinkReport> Reports => _reports;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Addresses of the List-Unsubscribe header.</summary>
    public string WayOut => wayOut;

    public string OpenUrl => _openUrl ??= $"{options.PublicUrl}/o/{TokenCodec.Sign(ring, TokenPurpose.Open, copy)}.gif";

    public string OptOutUrl => _optOutUrl ??= $"{options.PublicUrl}/u/{TokenCodec.Sign(ring, TokenPurpose.OptOut, copy)}";

    /// <summary>Addresses that stay wherever they stand, because the HTML says so of one of them.</summary>
    public IReadOnlySet<string> Exempt { get; set; } = new HashSet<string>();

    /// <summary>True once some part has what is put at the end of the document.</summary>
    public bool HasEnd { get; set; }

    /// <summary>True when a pixel is among that.</summary>
    public bool HasPixel { get; set; }

    /// <summary>True when a picture in short HTML would be held against this mail.</summary>
    public bool IsDelicate => delicate;

    /// <summary>True when a part went without its pixel because of that.</summary>
    public bool KeptPixelBack { get; set; }

    public void Warn(string warning) => _warnings.Add(warning);

    public TokenContent? Own(string url) => OwnTokens.Find(url, ring);

    /// <summary>Signs the link, unless there is a reason not to, and reports it under the next index.</summary>
    /// <returns>The tracking address; null when the link stays.</returns>
    public string? Track(string url, string? refusal, string? label, bool honeypot = false)
    {
        var reason = options.Clicks ? refusal : "link tracking is off for this mail";
        string? tracked = null;
        if (reason is null)
        {
            tracked = Sign(_reports.Count, url);
            reason = tracked is null ? "its address is too long to be tracked" : null;
        }
        _reports.Add(new(_reports.Count, url, tracked is not null, reason, tracked, label, honeypot));
        return tracked;
    }

    /// <summary>Takes a tracked link back, because its edit found no room.</summary>
    public void Untrack(int link, string reason) => _reports[link] = _reports[link] with { Tracked = false, TrackedUrl = null, Reason = reason };

    string? Sign(int link, string url)
    {
        // Base64 makes 4 characters of 3 bytes: such an address is too long for sure, and signing it would be refused.
        if (System.Text.Encoding.UTF8.GetByteCount(url) > TokenCodec.MaxLinkLength * 3 / 4)
        {
            return null;
        }
        var tracked = TokenCodec.Sign(ring, TokenPurpose.Click, copy, link, url, _clicks);
        return tracked.Length <= TokenCodec.MaxLinkLength ? tracked : null;
    }
}
