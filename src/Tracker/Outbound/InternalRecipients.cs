using Tracker.Access;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>Colleagues are no prospects: their mail goes out untracked.</summary>
public static class InternalRecipients
{
    public const string Reason = "the recipient is one of your own people";

    /// <returns>The reps' own addresses and, unless it is a free-mail provider's, the domain of each; and the domains that the settings name.</returns>
    public static async Task<IReadOnlySet<string>> LoadAsync(Session session, IEnumerable<string> ownDomains)
    {
        var reps = (await Reps.ListAsync(session)).Select(r => r.Email).ToList();
        return reps.Concat(reps.Select(DomainOf).Where(d => !FreeMailDomains.Contains(d))).Concat(ownDomains).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="own">As <see cref="LoadAsync"/> gives it.</param>
    public static bool Contains(IReadOnlySet<string> own, string recipient)
    {
        var email = Emails.Key(recipient);
        // Without a domain it is a mailbox of this mail server.
        return !email.Contains('@', StringComparison.Ordinal) || own.Contains(email) || own.Contains(DomainOf(email));
    }

    static string DomainOf(string email) => email[(email.LastIndexOf('@') + 1)..];
}
