using MailKit.Net.Smtp;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.SetUp;

/// <summary>Hands a probe to an account's mail server, and says in plain words how that went.</summary>
static class MailSending
{
    /// <summary>An account's user is often the address that it may send as.</summary>
    public static string? SenderOf(MailAccount account, string? otherwise) => account.User.Contains('@', StringComparison.Ordinal) ? account.User : otherwise;

    /// <returns>Whether the server has taken it.</returns>
    public static async Task<bool> TryAsync(MailServers servers, MailAccount account, MailProbe probe, MailFindings findings, CancellationToken ct)
    {
        using var client = new OutboxClient();
        try
        {
            await servers.ConnectAsync(client, account, account.Smtp!, ct);
            findings.Ok($"{account.Name}: {account.Smtp} answers, {(client.IsSecure ? $"protected by {client.SslProtocol}" : "without protection")}, {(client.IsAuthenticated ? $"signed in as {account.User}" : "without signing in")}.");
            if (!client.Capabilities.HasFlag(SmtpCapabilities.EightBitMime))
            {
                findings.Problem($"{account.Name}: {account.Smtp} does not take 8-bit mail (no 8BITMIME). Mail with other than ASCII characters in 8 bits will be refused; send it as quoted-printable or base64.");
            }
            var answer = await client.HandOverAsync(probe.Mail, probe.Sender, probe.Recipient, null, ct);
            findings.Ok($"{account.Name}: it has taken the probe from {probe.Sender} to {probe.Recipient} ({answer.Split('\n')[0].Trim()}).");
            await client.DisconnectAsync(quit: true, ct);
            return true;
        }
        catch (SmtpCommandException e)
        {
            findings.Problem($"{account.Name}: {account.Smtp} does not take the probe from {probe.Sender} to {probe.Recipient}: {(int)e.StatusCode} {e.Message.TrimEnd('.')}. {MailAdvice.For(e)}");
        }
        catch (Exception e) when (SmtpPool.IsTrouble(e))
        {
            findings.Problem($"{account.Name}: {account.Smtp}: {HandOver.Explain(e).TrimEnd('.')}. {MailAdvice.For(e, account.Smtp!)}");
        }
        return false;
    }
}
