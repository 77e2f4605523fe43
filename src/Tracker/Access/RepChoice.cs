using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>For which rep a request acts.</summary>
public static class RepChoice
{
    /// <summary>Whose mail it is, whose wishes. Who is signed in acts for themselves unless they name another, which only an administrator may.</summary>
    /// <param name="named">The <c>?rep=</c> of the request.</param>
    /// <exception cref="ProblemException">No such rep, none named where one is needed, one who has left, or not the one the key is bound to.</exception>
    public static async Task<Rep> NeededAsync(Session session, Caller caller, string? named)
    {
        var self = caller.IsRep ? caller.SignedInRep : (long?)null;
        var rep = self is { } id && string.IsNullOrEmpty(named) ? await Reps.FindAsync(session, id) : await OptionalAsync(session, caller, named);
        if (rep is null)
        {
            throw new ProblemException(Problems.RepNeeded.With($"The key '{caller.Name}' is bound to no rep. Name one: ?rep=EMAIL."));
        }
        if (self is not null && rep.Id != self && !caller.Scopes.Contains(Scopes.Admin))
        {
            throw new ProblemException(Problems.Forbidden.With($"{caller.Name} cannot act for another rep."));
        }
        return rep.IsActive ? rep : throw new ProblemException(Problems.UnknownRep.With($"The rep '{rep.Email}' has left the team. Name another, or let an administrator take them back."));
    }

    /// <returns>Null when the caller sees everybody's data and named nobody.</returns>
    public static async Task<Rep?> OptionalAsync(Session session, Caller caller, string? named)
    {
        var bound = caller.RepId is { } id ? await Reps.FindAsync(session, id) : null;
        if (string.IsNullOrEmpty(named))
        {
            return bound;
        }
        if (bound is not null && !named.Equals(bound.Email, StringComparison.OrdinalIgnoreCase))
        {
            // Not told whether the other exists.
            throw new ProblemException(Problems.Forbidden.With(caller.IsRep
                ? $"{caller.Name} sees their own data and cannot act for another rep."
                : $"The key '{caller.Name}' is bound to {bound.Email} and cannot act for another rep."));
        }
        return bound ?? await Reps.FindAsync(session, named)
            ?? throw new ProblemException(Problems.UnknownRep.With($"There is no rep '{(named.Length > 100 ? named[..100] : named)}'."));
    }
}
