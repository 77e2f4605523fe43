using System.Net;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Http.Features;
using Tracker.Journal;

namespace Tracker.Hits;

/// <summary>
/// A request for a pixel or link, straight from the web server: no <see cref="HttpContext"/>, nothing allocated for it. One object serves all requests of a
/// connection, one after the other; it is also what the journal tells that the hit is on disk.
/// </summary>
public sealed class TrackingRequest : IRecordWaiter, IValueTaskSource<bool>
{
    IFeatureCollection _features = null!;
    IHttpRequestFeature _request = null!;
    IHttpResponseFeature _response = null!;
    ManualResetValueTaskSourceCore<bool> _recorded; // Continuations run where the answer is told: that thread is there for them.

    public string Path => _request.Path;

    public string Method => _request.Method;

    public IHeaderDictionary Headers => _request.Headers;

    public IPAddress? Peer => _features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;

    public CancellationToken Aborted => _features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? CancellationToken.None;

    public IHeaderDictionary Answer => _response.Headers;

    public void Begin(IFeatureCollection features, IHttpRequestFeature request)
    {
        (_features, _request) = (features, request);
        _response = features.Get<IHttpResponseFeature>()!;
    }

    /// <summary>Hands the hit to the journal and waits until it is on disk.</summary>
    /// <returns>As <see cref="Appended.Recorded"/>.</returns>
    public ValueTask<bool> RecordAsync(HitJournal journal, ReadOnlySpan<byte> hit)
    {
        _recorded.Reset();
        return journal.Append(hit, this) ? new(this, _recorded.Version) : new(false);
    }

    /// <summary>Answers without a body. The headers are the caller's.</summary>
    public void End(int status)
    {
        _response.StatusCode = status;
        _response.Headers.ContentLength = 0;
    }

    /// <summary>Answers with a body, left out for HEAD.</summary>
    public Task EndAsync(int status, string type, byte[] content)
    {
        _response.StatusCode = status;
        _response.Headers.ContentType = type;
        _response.Headers.ContentLength = content.Length;
        return HttpMethods.IsHead(Method) ? Task.CompletedTask : _features.Get<IHttpResponseBodyFeature>()!.Stream.WriteAsync(content, CancellationToken.None).AsTask();
    }

    void IRecordWaiter.Recorded(bool recorded) => _recorded.SetResult(recorded);

    bool IValueTaskSource<bool>.GetResult(short token) => _recorded.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _recorded.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _recorded.OnCompleted(continuation, state, token, flags);
}
