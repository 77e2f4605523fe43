using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tracker.Outbound.Smtp;

/// <summary>Listens, and gives each connection a session with a backend of its own. One that stops lets mails that are in be finished.</summary>
public sealed partial class SmtpListener(IPEndPoint listen, Func<SmtpBackend> backend, SmtpLimits limits, TimeProvider time, ILogger log) : IDisposable
{
    readonly Socket _socket = new(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    readonly ConcurrentDictionary<Task, bool> _sessions = [];
    readonly MemoryBudget _budget = new(limits.MemoryBytes);

    /// <summary>Where it listens; with port 0 the one that was free.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="SocketException">The address is taken or not this machine's.</exception>
    public void Bind()
    {
        _socket.Bind(listen);
        _socket.Listen();
    }

    /// <param name="stopping">Takes no more connections; those that wait for their client are told 421.</param>
    /// <param name="working">Ends the work on mails that are in.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken working)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _socket.AcceptAsync(stopping);
                var session = ServeAsync(client, stopping, working);
                _sessions[session] = true;
                _ = session.ContinueWith(done => _sessions.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (SocketException e)
            {
                // Such as too many open files: those that are served go on, and the next one may be served again.
                LogNotAccepted(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        _socket.Dispose();
        await Task.WhenAll(_sessions.Keys);
    }

    async Task ServeAsync(Socket client, CancellationToken stopping, CancellationToken working)
    {
        await Task.Yield();
        client.NoDelay = true;
        using var wire = new SmtpWire(client);
        try
        {
            if (_sessions.Count > limits.Connections)
            {
                wire.Write(SmtpReply.Of(421, "4.3.2 Too many connections, try again later"));
                await wire.FlushAsync(TimeSpan.FromSeconds(5), stopping);
                return;
            }
            await using var behind = backend();
            await new SmtpSession(wire, behind, limits, _budget, time, log, stopping, working).RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or OperationCanceledException)
        {
            // The client is gone, or does not read its answer: it will come back with its mail.
            LogBroken(e.Message);
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    public void Dispose() => _socket.Dispose();

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "A mail connection could not be taken ({Problem}).")]
    partial void LogNotAccepted(string problem);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Debug, Message = "A mail connection broke ({Problem}).")]
    partial void LogBroken(string problem);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "A mail connection ended by a fault of ours.")]
    partial void LogFailed(Exception exception);
}
