using Tracker.Access;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.People;

/// <summary>A prospect that comes in with a deal.</summary>
public static class NewPeople
{
    /// <exception cref="ProblemException">No usable address, or a colleague's prospect.</exception>
    public static async Task<Person> PutAsync(Session session, Caller caller, PutProspect? given, string? rep, DateTimeOffset now)
    {
        if (Emails.Parse(given?.Email) is not { } email)
        {
            throw new ProblemException(Problems.Parameter("prospect.email", given?.Email, "one bare address such as anna@example.com; or give prospectId"));
        }
        foreach (var (name, text) in new[] { ("prospect.name", given!.Name), ("prospect.phone", given.Phone), ("prospect.company", given.Company), ("prospect.externalId", given.ExternalId) })
        {
            Texts.Line(name, text);
        }
        if (given.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            throw new ProblemException(Problems.Parameter("prospect.timeZone", zone, "an IANA time zone such as Europe/Berlin"));
        }
        var owner = await RepChoice.NeededAsync(session, caller, rep);
        if (caller.RepId is { } bound && await ProspectBook.IsSomebodyElsesAsync(session, email, bound))
        {
            throw new ProblemException(Problems.Forbidden.With($"{email} is a colleague's prospect. Who writes to them sees them; an unbound key may change them."));
        }
        var facts = new ProspectFacts(email, given.Name, given.Phone, given.Company, given.TimeZone, given.ExternalId, given.Metadata is null ? null : MetadataFilter.Check(given.Metadata));
        return (await Person.FindAsync(session, await ProspectBook.PutAsync(session, facts, owner.Id, now), null))!;
    }
}
