using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tracker.Tests.Faults;

/// <summary>A way to another port of this machine that can be cut, or can swallow everything without a word, as a dead firewall does.</summary>
sealed class Line : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _ends = new();
    readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    readonly Task _accepting;
    readonly int _to;
    volatile TaskCompletionSource _flows = Open();
    volatile bool _refuses;

    Line(int to)
    {
        _to = to;
        _flows.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Line Open(int to) => new(to);

    static TaskCompletionSource Open() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="hangs">Connections stay and nothing comes through; else they are cut, and new ones are too.</param>
    public void Break(bool hangs)
    {
        _flows = Open();
        _refuses = !hangs;
        if (!hangs)
        {
            CutAll();
        }
    }

    /// <summary>What hung is cut: what was swallowed never comes.</summary>
    public void Mend()
    {
        CutAll();
        _refuses = false;
        _flows.TrySetResult();
    }

    void CutAll()
    {
        foreach (var client in _open.Keys)
        {
            client.Dispose();
        }
        _open.Clear();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_ends.Token);
                _ = PassAsync(client);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            if (_refuses)
            {
                return;
            }
            _open[near] = _open[far] = 0;
            await _flows.Task.WaitAsync(_ends.Token);
            await far.ConnectAsync(IPAddress.Loopback, _to, _ends.Token);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        finally
        {
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var chunk = new byte[1 << 16];
        for (int read; (read = await from.GetStream().ReadAsync(chunk, _ends.Token)) > 0;)
        {
            await _flows.Task.WaitAsync(_ends.Token);
            await to.GetStream().WriteAsync(chunk.AsMemory(0, read), _ends.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        CutAll();
        await _accepting;
        _listener.Dispose();
        _ends.Dispose();
    }
}
