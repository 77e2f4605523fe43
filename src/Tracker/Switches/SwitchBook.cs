using Tracker.Domain.Tokens;
using Tracker.Storage;

namespace Tracker.Switches;

/// <summary>Takes decisions about links, for the routes and the command line alike.</summary>
public sealed class SwitchBook(KeyRing ring, LinkSwitches switches, TimeProvider time)
{
    /// <summary>Everything, or what one rep may see.</summary>
    public IReadOnlyList<SwitchRule> List(string? owner) =>
        [.. switches.Rules.Where(r => r.InForce && (owner is null || r.Owner == owner)).OrderByDescending(r => r.At)];

    /// <summary>Stops what is meant, or has it lead elsewhere. In force here when it returns, on other servers of the database seconds later.</summary>
    /// <param name="repId">Whose links may be touched; null: everybody's.</param>
    /// <returns>Null when there is no such thing, or it is not the rep's.</returns>
    public async Task<SwitchRule?> SetAsync(Database? database, SwitchTarget target, long? repId, string? replacement, string? reason, CancellationToken ct)
    {
        if (target.Rep is not null && await ResolveAsync(database, target, repId, ct) is { } all)
        {
            // First without copies: from here on no new ones are made. Those under way are committed before the next look.
            await switches.File.PutAsync(all with { Copies = [], Reason = reason }, ct);
        }
        var rule = target.Rep is null ? await ResolveAsync(database, target, repId, ct) : await ResolveInTurnAsync(database!, target, repId, ct);
        if (rule is null)
        {
            return null;
        }
        rule = rule with { Replacement = replacement, Reason = reason };
        await switches.File.PutAsync(rule, ct);
        switches.Look();
        return rule;
    }

    /// <summary>Takes a decision back.</summary>
    /// <returns>Null when there is none about that.</returns>
    public async Task<SwitchRule?> ResumeAsync(Database? database, SwitchTarget target, long? repId, CancellationToken ct)
    {
        if (await ResolveAsync(database, target, repId, ct) is not { } rule || !switches.Rules.Any(r => r.InForce && r.Name == rule.Name))
        {
            return null;
        }
        rule = rule with { Resumed = true, Copies = [], Link = null, Host = null, Rep = null };
        await switches.File.PutAsync(rule, ct);
        switches.Look();
        return rule;
    }

    Task<SwitchRule?> ResolveAsync(Database? database, SwitchTarget target, long? repId, CancellationToken ct) => database is null
        ? target.ResolveAsync(null, ring, repId, time.GetUtcNow())
        : database.ReadAsync(s => target.ResolveAsync(s, ring, repId, time.GetUtcNow()), ct);

    // In the writers' turn, so after whoever was storing copies.
    Task<SwitchRule?> ResolveInTurnAsync(Database database, SwitchTarget target, long? repId, CancellationToken ct) =>
        database.WriteAsync(s => target.ResolveAsync(s, ring, repId, time.GetUtcNow()), ct);
}
