using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Access;

/// <summary>For which rep a request acts.</summary>
public static class RepChoice
{
    /// <param name="named">The <c>?rep=</c> of the request.</param>
    /// <exception cref="ProblemException">No such rep, none named where one is needed, or not the one the key is bound to.</exception>
    public static async Task<Rep> NeededAsync(Session session, Caller caller, string? named) =>
        await OptionalAsync(session, caller, named)
        ?? throw new ProblemException(Problems.RepNeeded.With($"The key '{caller.Name}' is bound to no rep. Name one: ?rep=EMAIL."));

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
            throw new ProblemException(Problems.Forbidden.With($"The key '{caller.Name}' is bound to {bound.Email} and cannot act for another rep."));
        }
        return bound ?? await Reps.FindAsync(session, named)
            ?? throw new ProblemException(Problems.UnknownRep.With($"There is no rep '{(named.Length > 100 ? named[..100] : named)}'."));
    }
}
