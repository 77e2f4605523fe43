using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tracker.Traces;

/// <summary>A line of a trace file is not a trace; the message says what is wrong with it.</summary>
public sealed class TraceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One copy's recorded traffic, with what it really was where somebody knows. One JSON object a line.</summary>
/// <param name="PromptOn">Indices of requests on any of which a prompt is right.</param>
/// <param name="SentAtOffsetS">What the judge is told of the time of sending, in seconds after t = 0, the true one; null: it is told nothing.</param>
/// <param name="MaxPrompts">More standing prompts than this are noise.</param>
public sealed record Trace(
    string Id, int Links, IReadOnlyList<TraceRequest> Requests, int? HoneypotLink = null, bool ExpectPrompt = false, IReadOnlyList<int>? PromptOn = null, int? MaxPrompts = null,
    TraceContext? Context = null, string? Source = null, string? Label = null, string? Category = null, string? Evidence = null, string? Why = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? SentAtOffsetS = 0)
{
    public static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="scored">Whether what it really was must be there.</param>
    /// <exception cref="TraceException">The line is not a trace.</exception>
    public static Trace Parse(string line, bool scored)
    {
        try
        {
            var trace = JsonSerializer.Deserialize<Trace>(line, Format) ?? throw new TraceException("null is not a trace");
            trace.Check(scored);
            return trace;
        }
        catch (JsonException e)
        {
            throw new TraceException($"not a trace in JSON: {e.Message.Split(" Path:")[0]}", e);
        }
    }

    void Check(bool scored)
    {
        Demand(!string.IsNullOrEmpty(Id), "'id' is missing");
        Demand(Requests is { Count: > 0 }, "'requests' is missing or empty");
        Demand(Links is >= 0 and <= ushort.MaxValue, "'links' must be 0 to 65535");
        for (var i = 0; i < Requests!.Count; i++)
        {
            Requests[i].Check($"requests[{i}]", scored);
        }
        Demand(SentAtOffsetS is null or (>= -86_400 and <= 31_536_000), "'sent_at_offset_s' must be null or from a day before to a year after");
        Demand((PromptOn ?? []).All(p => p >= 0 && p < Requests.Count), "'prompt_on' names a request that is not there");
        Demand((Context?.RepIps ?? []).All(ip => IPAddress.TryParse(ip, out _)), "'context.rep_ips' holds something that is no address");
    }

    internal static void Demand(bool holds, string problem)
    {
        if (!holds)
        {
            throw new TraceException(problem);
        }
    }
}

/// <param name="T">Seconds after sending.</param>
/// <param name="Truth">human, machine or unknown.</param>
public sealed record TraceRequest(double T, string Kind, int? Link, string Method, string Ip, IReadOnlyDictionary<string, string> Headers, string? Truth = null)
{
    /// <summary>Ten years: what lies further is a mistake of units.</summary>
    const double MaxSeconds = 3650d * 86_400;

    internal void Check(string where, bool scored)
    {
        Trace.Demand(double.IsFinite(T) && Math.Abs(T) < MaxSeconds, $"{where}.t is not a number of seconds after sending");
        Trace.Demand(Kind is "open" or "click", $"{where}.kind is '{Kind}', not open or click");
        Trace.Demand(Kind == "open" || Link is >= 0 and <= ushort.MaxValue, $"{where}.link is missing: a click names its link by index");
        Trace.Demand(!string.IsNullOrEmpty(Method), $"{where}.method is missing");
        Trace.Demand(IPAddress.TryParse(Ip, out _), $"{where}.ip is '{Ip}', not an address");
        Trace.Demand(Headers is not null, $"{where}.headers is missing");
        Trace.Demand(!scored || Truth is "human" or "machine" or "unknown", $"{where}.truth is '{Truth}', not human, machine or unknown; without it there is no score");
    }
}

/// <param name="RepIps">Networks that the rep works from.</param>
/// <param name="RepCookie">Found in the Cookie header of the rep's own browser.</param>
/// <param name="RepViews">When the rep had the thread open.</param>
public sealed record TraceContext(IReadOnlyList<string>? RepIps = null, string? RepCookie = null, IReadOnlyList<TraceView>? RepViews = null);

/// <param name="From">Seconds after sending.</param>
public sealed record TraceView(double From, double To);
