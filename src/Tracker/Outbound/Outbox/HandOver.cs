using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Tracker.Domain.Delivery;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.Outbound.Outbox;

/// <param name="Status">Enhanced status code, when the server gave one.</param>
/// <param name="Answer">What was said, in one line of at most 500 characters.</param>
/// <param name="AccountIsDown">Nothing can be handed over through this account now, whatever the mail.</param>
public sealed record HandedOver(Attempt Attempt, string? Status, string Answer, bool AccountIsDown = false);

/// <summary>One attempt to hand one mail over.</summary>
public sealed partial class HandOver(SmtpPool pool)
{
    /// <summary>A server may take ten minutes after the end of the data alone (RFC 5321, 4.5.3.2.6). Shorter than a claim lasts.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    const int LongestAnswer = 500;

    public async Task<HandedOver> TryAsync(MailAccount account, DeliveryRow delivery, TimeProvider time, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        OutboxClient client;
        try
        {
            client = await pool.TakeAsync(account, either.Token);
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e) || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new(new(0, false), null, Line($"{account.Smtp}: {Explain(e)}"), AccountIsDown: true);
        }
        try
        {
            var answer = await client.HandOverAsync(delivery.Mime, delivery.Sender, delivery.Recipient, delivery.Token, either.Token);
            return new(new(250, true), StatusOf(answer), Line(answer));
        }
        catch (Exception e) when (e is InvalidDataException or ParseException)
        {
            // About this mail, and no later try can change it. RFC 3463: 5.6.0, other or undefined media error; 5.1.3, bad destination address syntax.
            return new(new(554, true), e is ParseException ? "5.1.3" : "5.6.0", Line(e.Message));
        }
        catch (SmtpCommandException e)
        {
            var code = (int)e.StatusCode;
            // 530, 534, 535, 538 (RFC 4954, 6) are about signing in.
            return new(new(code, code is not (530 or 534 or 535 or 538)), StatusOf(e.Message), Line($"{code} {e.Message}"));
        }
        catch (NotSupportedException e)
        {
            // RFC 6531: an address beyond ASCII needs SMTPUTF8. RFC 3463: 5.6.7, non-ASCII addresses not permitted.
            return new(new(554, true), "5.6.7", Line(e.Message));
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e) || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new(new(0, false), null, Line(Explain(e)));
        }
        finally
        {
            pool.GiveBack(account, client);
        }
    }

    /// <summary>In words that say where to look.</summary>
    public static string Explain(Exception e) => e switch
    {
        NoTokenException => e.Message,
        AuthenticationException or SaslException => $"it does not take the user and password or token: {e.Message}",
        SslHandshakeException => $"the protected connection could not be made: {e.Message.Split('\n')[0]}",
        ServiceNotAuthenticatedException => "it asks for a user and password (Tracker:Mail:User, or on the page under Settings, Outgoing mail)",
        NotSupportedException => e.Message,
        OperationCanceledException or TimeoutException => "it did not answer in time",
        System.Net.Sockets.SocketException => $"it cannot be reached: {e.Message}",
        IOException or MailKit.ProtocolException => $"the connection was lost: {e.Message}",
        _ => e.Message,
    };

    static string Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestAnswer ? line : line[..LongestAnswer];
    }

    static string? StatusOf(string answer) => Enhanced().Match(answer) is { Success: true } match ? match.Value : null;

    // RFC 3463, 2.
    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")]
    private static partial Regex Enhanced();
}
