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
        foreach (var state in states.Values)
        {
            if (reviewed.Lost.Contains(state.Id))
            {
                await RecountAsync(session, state, now);
            }
            if (byProspect.Contains(state.Id) && !reviewed.Lost.Contains(state.Id))
            {
                Add(state, byProspect[state.Id]);
            }
            await state.SaveAsync(session);
        }
        await CompaniesAsync(session, states, reviewed);
        foreach (var engagements in byProspect)
        {
            await PromptAsync(session, states[engagements.Key], [.. engagements], now);
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
        foreach (var company in states.Values.Where(s => s.CompanyId is not null).ToLookup(s => s.CompanyId!.Value))
        {
            if (company.Any(s => reviewed.Lost.Contains(s.Id)))
            {
                await CompanyHeat.RecountAsync(session, company.Key);
            }
            else
            {
                await CompanyHeat.AddAsync(session, company.Key, reviewed.Gained.Where(g => states[g.Copy.ProspectId].CompanyId == company.Key), settings.HeatScale, settings.HeatWeights);
            }
        }
    }

    /// <summary>Counts a prospect anew from their hits, and takes back a prompt that no person's look supports any more.</summary>
    async Task RecountAsync(Session session, ProspectState state, DateTimeOffset now)
    {
        state.Reset();
        var all = await EngagementHistory.OfAsync(session, state.Id);
        Add(state, all);
        if (await PromptBook.LiveAsync(session, state.Id) is { } live
            && await HitRow.FindAsync(session, live.HitId) is { } raisedBy && !all.Any(e => e.At >= Web.Times.Of(raisedBy.AtMs)))
        {
            await prompts.WithdrawAsync(session, live, now);
        }
    }

    async Task PromptAsync(Session session, ProspectState state, IReadOnlyList<EngagementFact> engagements, DateTimeOffset now)
    {
        var live = await PromptBook.LiveAsync(session, state.Id);
        foreach (var copies in engagements.GroupBy(e => e.Copy.MessageId))
        {
            var last = copies.MaxBy(e => e.At)!;
            var decision = PromptRules.Decide(new()
            {
                IsClick = copies.Any(e => e.Kind == HitKind.Click),
                HasLivePrompt = live is not null,
                ProspectMuted = state.Muted,
                MessageMuted = last.Copy.MutedAtMs is not null,
                CameBackToText = await EngagementHistory.LookedBeforeAsync(session, last.Copy.Id, last.At - settings.Prompts.SittingGap),
                OneTextRecipients = live is null ? await OneText.RecipientsAsync(session, last.Copy.TextFingerprint, last.Copy.RepId, settings.Prompts.OneTextRecipients + 1) : 1,
                OneTextLimit = settings.Prompts.OneTextRecipients,
            });
            if (decision.Action == PromptAction.None)
            {
                continue;
            }
            var links = await LinkNames.LoadAsync(session, [last.Copy.MessageId]);
            var news = new PromptNews(
                state.Id, last.Copy.RepId, last.Copy.MessageId, copies.First().HitId, last.At, PromptWording.CallNow,
                PromptWording.Reasons(state.Sitting!, new(last.Copy.Subject, last.Link is { } link ? links.Of(last.Copy.MessageId, link) : null)));
            if (live is null)
            {
                await prompts.RaiseAsync(session, news, now);
                live = await PromptBook.LiveAsync(session, state.Id);
            }
            else
            {
                await prompts.RefreshAsync(session, live, news, now);
            }
        }
    }
}
