using Tracker.Access;
using Tracker.Feed;
using Tracker.FollowUp;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <param name="Rep">The colleague's mail address.</param>
public sealed record HandTo(string? Rep);

/// <summary>Hands a prompt to a colleague: it goes on as theirs, with what it says, and they see the prospect from then on.</summary>
public static class HandOver
{
    public static async Task<PromptRow> RunAsync(Session session, PromptRow row, string? to, PromptBook book, DateTimeOffset now)
    {
        var colleague = await Reps.FindAsync(session, to ?? "") ?? throw new ProblemException(Problems.UnknownRep.With($"There is no rep '{(to is { Length: > 100 } ? to[..100] : to)}'."));
        if (!colleague.IsActive)
        {
            throw new ProblemException(Problems.UnknownRep.With($"{colleague.Name} has left the team: the call would be nobody's."));
        }
        if (colleague.Id == row.RepId)
        {
            throw new ProblemException(Problems.Parameter("rep", to, "a colleague; the prompt is theirs already"));
        }
        await ProspectBook.ShowToAsync(session, row.ProspectId, colleague.Id);
        await session.ExecuteAsync("update prompts set rep_id = @rep, refreshed_at_ms = @now where id = @id", new { rep = colleague.Id, id = row.Id, now = now.Ms() });
        // What this prompt left owed falls to the colleague too; what the rep owes otherwise stays theirs.
        await Obligations.HandOverAsync(session, row.Id, colleague.Id);
        await book.TellHandedAsync(session, row, now);
        return await book.TellAsync(session, FeedTypes.PromptRaised, row.Id, now);
    }
}
