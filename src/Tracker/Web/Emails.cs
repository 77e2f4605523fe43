using System.Net.Mail;

namespace Tracker.Web;

public static class Emails
{
    /// <summary>How addresses are compared and stored: in lower case. That differing case in the local part means two people is allowed and, in practice, never so.</summary>
    public static string Key(string address) => address.Trim().ToLowerInvariant();

    /// <returns>Null when it is not one bare address.</returns>
    public static string? Parse(string? text) =>
        text is { Length: <= 254 } && !text.Any(char.IsControl) && MailAddress.TryCreate(text.Trim(), out var address) && address.Address == text.Trim()
            ? Key(address.Address)
            : null;
}
