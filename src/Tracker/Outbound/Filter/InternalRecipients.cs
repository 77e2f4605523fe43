using Tracker.Prospects;
using Tracker.Web;

namespace Tracker.Outbound.Filter;

/// <summary>Colleagues are no prospects: their mail goes out untracked.</summary>
public static class InternalRecipients
{
    public const string Reason = "the recipient is one of your own people";

    /// <summary>True for every rep, and for everybody at a rep's domain unless that is a free-mail provider's.</summary>
    /// <param name="repAddresses">Of all reps, in lower case.</param>
    public static bool Contains(string recipient, IEnumerable<string> repAddresses)
    {
        var email = Emails.Key(recipient);
        var domain = DomainOf(email);
        // Without a domain it is a mailbox of this mail server.
        return !email.Contains('@', StringComparison.Ordinal) || repAddresses.Any(rep => rep == email || (DomainOf(rep) == domain && !FreeMailDomains.Contains(domain)));
    }

    static string DomainOf(string email) => email[(email.LastIndexOf('@') + 1)..];
}
