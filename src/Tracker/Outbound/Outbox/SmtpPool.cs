using System.Collections.Concurrent;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.Outbound.Outbox;

/// <summary>Open connections, kept for the next mail: connecting and signing in cost more than most mails.</summary>
public sealed class SmtpPool(MailServers servers) : IAsyncDisposable
{
    /// <summary>Mails on one connection; servers commonly close after a hundred.</summary>
    const int MostOnOne = 50;

    readonly ConcurrentDictionary<MailAccount, ConcurrentBag<OutboxClient>> _idle = new();

    /// <exception cref="Exception">See <see cref="IsTrouble"/>.</exception>
    public async Task<OutboxClient> TakeAsync(MailAccount account, CancellationToken ct)
    {
        while (_idle.TryGetValue(account, out var idle) && idle.TryTake(out var kept))
        {
            if (await IsAliveAsync(kept, ct))
            {
                return kept;
            }
            kept.Dispose();
        }
        var client = new OutboxClient();
        try
        {
            await servers.ConnectAsync(client, account, account.Smtp!, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void GiveBack(MailAccount account, OutboxClient client)
    {
        if (client is { IsConnected: true, Used: < MostOnOne })
        {
            _idle.GetOrAdd(account, _ => []).Add(client);
        }
        else
        {
            client.Dispose();
        }
    }

    /// <summary>Ends the connections that nobody needs now, politely.</summary>
    public async Task CloseIdleAsync()
    {
        foreach (var client in _idle.Values.SelectMany(bag => Drain(bag)))
        {
            try
            {
                await client.DisconnectAsync(quit: true);
            }
            catch (Exception e) when (IsTrouble(e))
            {
                // It was gone already.
            }
            client.Dispose();
        }
    }

    static IEnumerable<OutboxClient> Drain(ConcurrentBag<OutboxClient> bag)
    {
        while (bag.TryTake(out var client))
        {
            yield return client;
        }
    }

    static async Task<bool> IsAliveAsync(OutboxClient client, CancellationToken ct)
    {
        try
        {
            await client.NoOpAsync(ct);
            return client.IsConnected;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            return false;
        }
    }

    /// <summary>What a server, the network or the credentials can do to us; anything else is a defect of ours.</summary>
    public static bool IsTrouble(Exception e) =>
        e is SmtpCommandException or SmtpProtocolException or CommandException or ProtocolException or AuthenticationException or SslHandshakeException or SaslException or ServiceNotAuthenticatedException
            or ServiceNotConnectedException or NoTokenException or IOException or SocketException or TimeoutException or NotSupportedException or System.Security.Authentication.AuthenticationException;

    public async ValueTask DisposeAsync() => await CloseIdleAsync();
}
