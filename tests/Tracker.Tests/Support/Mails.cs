namespace Tracker.Tests.Support;

/// <summary>Mails for tests that are about something else.</summary>
public static class Mails
{
    public static string Proposal(string to = "Paul Prospect <paul@customer.example>", string subject = "Our proposal", string headers = "", string text = "Hello, here is our offer.") => $"""
        From: Rita Rep <rita@example.com>
        To: {to}
        {headers}Subject: {subject}
        MIME-Version: 1.0
        Content-Type: text/html; charset=utf-8

        <html><body><p>{text}</p>
        <p><a href="https://example.com/pricing">Pricing</a>, <a href="https://example.com/references">References</a></p></body></html>
        """.ReplaceLineEndings("\r\n");
}
