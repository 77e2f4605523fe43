using Tracker.Domain.Prompts;
using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Prompts;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>Turns hits judged human into heat, sittings and prompts.</summary>
public sealed class EngagementBook(PromptBook prompts, TrackerSettings settings)
{
    public async Task ApplyAsync(Session session, Reviewed reviewed, DateTimeOffset now)
    {
        var byProspect = reviewed.Gained.ToLookup(g => g.Copy.ProspectId);
        var states = await ProspectState.LoadAsync(session, [.. byProspect.Select(g => g.Key).Union(reviewed.Lost)]);
        await RecountAsync(session, [.. states.Values.Where(s => reviewed.Lost.Contains(s.Id))], now);
        foreach (var state in states.Values.Where(s => !reviewed.Lost.Contains(s.Id)))
        {
            Add(state, byProspect[state.Id]);
        }
        await ProspectState.SaveAsync(session, states.Values);
        await CompaniesAsync(session, states, reviewed);
        await PromptsAsync(session, states, byProspect, reviewed.Forwarded.Select(f => f.Copy.Id).ToHashSet(), now);
    }

    /// <summary>A person's answer, stored already.</summary>
    public async Task ReplyAsync(Session session, long prospectId, DateTimeOffset at)
    {
        var state = (await ProspectState.LoadAsync(session, [prospectId]))[prospectId];
        state.AddReply(at, settings.HeatScale, settings.HeatWeights);
        await ProspectState.SaveAsync(session, [state]);
        if (state.CompanyId is { } company)
        {
            await CompanyHeat.AddReplyAsync(session, company, at, settings.HeatScale, settings.HeatWeights);
        }
    }

    void Add(ProspectState state, IEnumerable<EngagementFact> engagements)
    {
        foreach (var engagement in engagements)
        {
            state.Add(engagement, settings.HeatScale, settings.HeatWeights, settings.Prompts.SittingGap);
        }
    }

    async Task CompaniesAsync(Session session, Dictionary<long, ProspectState> states, Reviewed reviewed)
    {
        var changed = states.Values.Where(s => s.CompanyId is not null).ToLookup(s => s.CompanyId!.Value, s => s.Id);
        var recounted = changed.Where(c => c.Any(reviewed.Lost.Contains)).Select(c => c.Key).ToHashSet();
        await CompanyHeat.AddAsync(
            session, [.. changed.Select(c => c.Key).Where(c => !recounted.Contains(c))], reviewed.Gained.ToLookup(g => states[g.Copy.ProspectId].CompanyId ?? 0),
            reviewed.Forwarded.ToLookup(f => f.Copy.CompanyId ?? 0), settings.HeatScale, settings.HeatWeights);
        foreach (var company in recounted)
        {
            await CompanyHeat.RecountAsync(session, company, settings.HeatScale, settings.HeatWeights);
        }
    }

    /// <summary>Counts prospects anew, after their history was judged anew.</summary>
    /// <param name="news">Fresh looks that were not known to be a person's, by prospect: they raise prompts.</param>
    /// <returns>How many prompts were withdrawn.</returns>
    public async Task<int> CountAnewAsync(Session session, IReadOnlyCollection<long> prospects, ILookup<long, EngagementFact> news, DateTimeOffset now)
    {
        var states = await ProspectState.LoadAsync(session, prospects);
        var withdrawn = await RecountAsync(session, [.. states.Values], now);
        await ProspectState.SaveAsync(session, states.Values);
        await PromptsAsync(session, states, news.Where(n => states.ContainsKey(n.Key)), [], now);
        return withdrawn;
    }

    /// <summary>Counts prospects anew from their hits, and takes back prompts and owed calls that no person's look supports any more.</summary>
    /// <returns>How many were taken back.</returns>
    async Task<int> RecountAsync(Session session, ProspectState[] states, DateTimeOffset now)
    {
        if (states.Length == 0)
        {
            return 0;
        }
        long[] prospects = [.. states.Select(s => s.Id)];
        var looks = await EngagementHistory.OfAsync(session, prospects);
        var replies = await EngagementHistory.RepliesAsync(session, prospects);
        foreach (var state in states)
        {
            state.Reset();
            Add(state, looks[state.Id]);
            foreach (var at in replies[state.Id])
            {
                state.AddReply(at, settings.HeatScale, settings.HeatWeights);
            }
        }
        var disproved = (await PromptBook.UnansweredAsync(session, prospects)).Where(p => !looks[p.ProspectId].Any(look => Supports(look, p))).ToList();
        foreach (var prompt in disproved)
        {
            await prompts.WithdrawAsync(session, prompt, now);
        }
        return disproved.Count;
    }

    // A look before the one that raised it belongs to an earlier prompt, unless it is of the same sitting's batch; one after its end to a later one.
    bool Supports(EngagementFact look, PromptRow prompt) =>
        look.HitId >= prompt.HitId && look.At >= Web.Times.Of(prompt.RaisedAtMs) - settings.Prompts.SittingGap
        && (prompt.State != PromptStates.Expired || look.At <= Web.Times.Of(prompt.ExpiresAtMs));

    Task PromptsAsync(
        Session session, Dictionary<long, ProspectState> states, IEnumerable<IGrouping<long, EngagementFact>> byProspect, HashSet<long> forwardedNow, DateTimeOffset now) =>
        new PromptRounds(prompts, settings, states, forwardedNow, now).RunAsync(session, byProspect);
}
