using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tracker.Tests.Pages;

/// <summary>Stands between a browser and the server. Event streams that run through it can go dead without either end being told, as when a laptop sleeps or a router forgets.</summary>
sealed class Relay : IAsyncDisposable
{
    sealed class Line(Socket browser, Socket server)
    {
        public Socket Browser => browser;
        public Socket Server => server;
        public volatile bool IsStream, IsDead;
    }

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly List<Line> _lines = [];
    readonly int _port;
    readonly Task _accepting;

    public Relay(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Nothing more comes over the streams that there are; both ends stay open.</summary>
    public void SilenceStreams()
    {
        lock (_lines)
        {
            Assert.Contains(_lines, l => l.IsStream);
            _lines.ForEach(l => l.IsDead |= l.IsStream);
        }
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var browser = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(IPAddress.Loopback, _port);
                var line = new Line(browser, server);
                lock (_lines)
                {
                    _lines.Add(line);
                }
                _ = PumpAsync(line, browser, server);
                _ = PumpAsync(line, server, browser);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    static async Task PumpAsync(Line line, Socket from, Socket to)
    {
        var buffer = new byte[65_536];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                line.IsStream |= from == line.Server && Encoding.Latin1.GetString(buffer, 0, read).Contains("text/event-stream", StringComparison.Ordinal);
                if (line.IsDead)
                {
                    continue;
                }
                await to.SendAsync(buffer.AsMemory(0, read));
            }
            if (!line.IsDead)
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One end is gone: the other learns of it when the relay closes.
            to.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        lock (_lines)
        {
            _lines.ForEach(l => { l.Browser.Dispose(); l.Server.Dispose(); });
        }
    }
}
