using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using Tracker.Outbound.Servers;
using Tracker.Settings;

namespace Tracker.SetUp;

/// <summary>What to do about a fault on the way to a mail server.</summary>
static class MailAdvice
{
    public static string For(SmtpCommandException e) => e.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => "The account may probably not send as that address.",
        SmtpErrorCode.RecipientNotAccepted => "If it says something of relaying, it wants a user and password.",
        _ => "",
    };

    public static string For(Exception e, MailServer server) => e switch
    {
        NoTokenException => "Ask for consent anew, and set the refresh token or the client's secret that comes out of it (Tracker:Mail:OAuth…).",
        AuthenticationException => "Check Tracker:Mail:User and Password, or both on the page. Where people sign in in two steps, many providers want a password made for the program, or OAuth.",
        SslHandshakeException => "A port often wants one kind of protection: starttls on 587 and 143, tls on 465 and 993. A certificate of your own is named in Tracker:Mail:CertificateFile.",
        NotSupportedException when server.Tls == MailServer.StartTls => "On port 465 or 993 it takes tls, not starttls.",
        SocketException => $"Is it running, are host and port right, and does a firewall let this machine out to port {server.Port}?",
        _ => "",
    };
}
