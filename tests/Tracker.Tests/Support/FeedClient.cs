using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Tracker.Tests.Support;

/// <summary>One event of the feed's stream.</summary>
public sealed record FeedEvent(long Id, string Type, JsonNode Data);

/// <summary>Reads the feed as a browser's EventSource does: line by line, remembering the last id.</summary>
public sealed class FeedClient : IAsyncDisposable
{
    readonly HttpResponseMessage _response;
    readonly Task _reading;
    readonly CancellationTokenSource _ends = new();
    readonly Channel<FeedEvent> _events = Channel.CreateUnbounded<FeedEvent>();

    FeedClient(HttpResponseMessage response)
    {
        _response = response;
        _reading = ReadAsync();
    }

    /// <summary>Id of the last event, as it goes into Last-Event-ID.</summary>
    public long LastId { get; private set; }

    public int Comments { get; private set; }

    /// <summary>Whether the server has ended the stream, or the connection is gone.</summary>
    public bool HasEnded => _reading.IsCompleted;

    public static async Task<FeedClient> OpenAsync(ApiClient client, long? lastEventId = null, string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feed" + query);
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        if (lastEventId is { } id)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new(response);
    }

    /// <summary>The next event, whatever it is.</summary>
    public async Task<FeedEvent> NextAsync() => await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>The next event, however long it takes to come.</summary>
    /// <exception cref="ChannelClosedException">The stream has ended.</exception>
    public ValueTask<FeedEvent> TakeAsync(CancellationToken ct) => _events.Reader.ReadAsync(ct);

    /// <summary>The next event of a type; others before it are passed over.</summary>
    public async Task<FeedEvent> NextAsync(string type)
    {
        while (true)
        {
            if (await NextAsync() is var next && next.Type == type)
            {
                return next;
            }
        }
    }

    async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(await _response.Content.ReadAsStreamAsync(_ends.Token));
            var (id, type, data) = (0L, "message", "");
            while (await reader.ReadLineAsync(_ends.Token) is { } line)
            {
                switch (line.Split(": ", 2))
                {
                    case ["id", var value]: id = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
                    case ["event", var value]: type = value; break;
                    case ["data", var value]: data = value; break;
                    case ["", _]: Comments++; break;
                    case [""] when data.Length > 0:
                        LastId = id;
                        _events.Writer.TryWrite(new(id, type, JsonNode.Parse(data)!));
                        (type, data) = ("message", "");
                        break;
                }
            }
            _events.Writer.Complete();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The connection was cut, here or there; whoever waits for an event learns it from the channel.
            _events.Writer.Complete(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Only when nobody reads any more: a stream that is disposed under its reader throws whatever it comes across.
        await _ends.CancelAsync();
        await _reading;
        _response.Dispose();
        _ends.Dispose();
    }
}
