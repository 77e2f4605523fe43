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
        var forwardedNow = reviewed.Forwarded.Select(f => f.Copy.Id).ToHashSet();
        foreach (var engagements in byProspect)
        {
            await PromptAsync(session, states[engagements.Key], [.. engagements], forwardedNow, now);
        }
    }

    /// <summary>A person's answer, stored already.</summary>
    public async Task ReplyAsync(Session session, long prospectId, DateTimeOffset at)
    {
        var state = (await ProspectState.LoadAsync(session, [prospectId]))[prospectId];
        state.AddReply(at, settings.HeatScale, settings.HeatWeights);
        await state.SaveAsync(session);
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
        foreach (var company in states.Values.Where(s => s.CompanyId is not null).ToLookup(s => s.CompanyId!.Value))
        {
            if (company.Any(s => reviewed.Lost.Contains(s.Id)))
            {
                await CompanyHeat.RecountAsync(session, company.Key, settings.HeatScale, settings.HeatWeights);
            }
            else
            {
                await CompanyHeat.AddAsync(
                    session, company.Key, reviewed.Gained.Where(g => states[g.Copy.ProspectId].CompanyId == company.Key),
                    reviewed.Forwarded.Where(f => f.Copy.CompanyId == company.Key), settings.HeatScale, settings.HeatWeights);
            }
        }
    }

    /// <summary>Counts prospects anew, after their history was judged anew.</summary>
    /// <param name="news">Fresh looks that were not known to be a person's, by prospect: they raise prompts.</param>
    /// <returns>How many prompts were withdrawn.</returns>
    public async Task<int> CountAnewAsync(Session session, IReadOnlyCollection<long> prospects, ILookup<long, EngagementFact> news, DateTimeOffset now)
    {
        var withdrawn = 0;
        foreach (var state in (await ProspectState.LoadAsync(session, prospects)).Values)
        {
            withdrawn += await RecountAsync(session, state, now);
            await state.SaveAsync(session);
            if (news.Contains(state.Id))
            {
                await PromptAsync(session, state, [.. news[state.Id]], [], now);
            }
        }
        return withdrawn;
    }

    /// <summary>Counts a prospect anew from their hits, and takes back prompts and owed calls that no person's look supports any more.</summary>
    /// <returns>How many were taken back.</returns>
    async Task<int> RecountAsync(Session session, ProspectState state, DateTimeOffset now)
    {
        state.Reset();
        var all = await EngagementHistory.OfAsync(session, state.Id);
        Add(state, all);
        foreach (var at in await EngagementHistory.RepliesAsync(session, state.Id))
        {
            state.AddReply(at, settings.HeatScale, settings.HeatWeights);
        }
        var disproved = (await PromptBook.UnansweredAsync(session, state.Id)).Where(p => !all.Any(e => Supports(e, p))).ToList();
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

    async Task PromptAsync(
        Session session, ProspectState state, IReadOnlyList<EngagementFact> engagements, HashSet<long> forwardedNow, DateTimeOffset now)
    {
        var live = await PromptBook.LiveAsync(session, state.Id);
        foreach (var copies in engagements.GroupBy(e => e.Copy.MessageId))
        {
            var last = copies.MaxBy(e => e.At)!;
            // An old hit that this look explains did not raise the prompt.
            var raisedBy = copies.FirstOrDefault(e => e.IsNews) ?? last;
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
            IReadOnlyList<string> forwarded = copies.Any(e => e.Copy.ForwardedAtMs is not null || forwardedNow.Contains(e.Copy.Id)) ? [ForwardedBook.Text] : [];
            var news = new PromptNews(
                state.Id, last.Copy.RepId, last.Copy.MessageId, raisedBy.HitId, last.At, PromptWording.CallNow,
                [.. PromptWording.Reasons(state.Sitting!, new(last.Copy.Subject, last.Link is { } link ? links.Of(last.Copy.MessageId, link) : null)), .. forwarded],
                raisedBy.Judgement)
            {
                Interest = copies.Where(e => e is { Kind: HitKind.Click, Link: not null }).MaxBy(e => e.At) is { Link: { } clicked } ? links.Of(last.Copy.MessageId, clicked) : null,
            };
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
