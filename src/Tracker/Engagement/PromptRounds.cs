using Tracker.Domain.Prompts;
using Tracker.Domain.Signals;
using Tracker.Outbound;
using Tracker.Prompts;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// Turns a batch's looks into prompts. A prospect's looks at one message make or refresh the prompt once; looks at several messages do so one after the other, in rounds:
/// what a round needs to know and what it writes is asked and written for all prospects together.
/// </summary>
/// <param name="states">The prospects, with the batch's looks added.</param>
/// <param name="forwardedNow">Copies that the batch showed to be likely forwarded.</param>
sealed class PromptRounds(PromptBook prompts, TrackerSettings settings, IReadOnlyDictionary<long, ProspectState> states, IReadOnlySet<long> forwardedNow, DateTimeOffset now)
{
    /// <summary>One prospect's looks at one message.</summary>
    sealed record Looks(ProspectState State, IReadOnlyList<EngagementFact> Facts)
    {
        public EngagementFact Last { get; } = Facts.MaxBy(e => e.At)!;

        public long MessageId => Last.Copy.MessageId;

        public bool IsClick => Facts.Any(e => e.Kind == HitKind.Click);
    }

    readonly Dictionary<long, PromptRow> _live = [];

    public async Task RunAsync(Session session, IEnumerable<IGrouping<long, EngagementFact>> byProspect)
    {
        var waiting = byProspect.Select(p => new Queue<Looks>(p.GroupBy(e => e.Copy.MessageId).Select(m => new Looks(states[p.Key], [.. m])))).ToList();
        foreach (var prompt in await PromptBook.LiveAsync(session, [.. waiting.Select(w => w.Peek().State.Id)]))
        {
            _live[prompt.ProspectId] = prompt;
        }
        var links = await LinkNames.LoadAsync(session, [.. waiting.SelectMany(w => w).Where(l => l.IsClick).Select(l => l.MessageId).Distinct()]);
        while (waiting.Count > 0)
        {
            await RoundAsync(session, [.. waiting.Select(w => w.Dequeue())], links);
            waiting.RemoveAll(w => w.Count == 0);
        }
    }

    async Task RoundAsync(Session session, IReadOnlyList<Looks> round, LinkNames links)
    {
        var recipients = await OneText.RecipientsAsync(
            session, [.. round.Where(l => !_live.ContainsKey(l.State.Id)).Select(l => l.MessageId).Distinct()], settings.Prompts.OneTextRecipients + 1);
        var told = new List<PromptLook>();
        foreach (var looks in round)
        {
            var live = _live.GetValueOrDefault(looks.State.Id);
            if (PromptRules.Decide(await CaseAsync(session, looks, live, live is null ? recipients[looks.MessageId] : 1)).Action != PromptAction.None)
            {
                told.Add(new(live, News(looks, links)));
            }
        }
        foreach (var prompt in await prompts.NoteAsync(session, told, now))
        {
            _live[prompt.ProspectId] = prompt;
        }
    }

    async Task<PromptCase> CaseAsync(Session session, Looks looks, PromptRow? live, long recipients) => new()
    {
        IsClick = looks.IsClick,
        HasLivePrompt = live is not null,
        ProspectMuted = looks.State.Muted,
        MessageMuted = looks.Last.Copy.MutedAtMs is not null,
        // Walks the copy's hits, so it is asked only where it decides: for a mailing.
        CameBackToText = recipients > settings.Prompts.OneTextRecipients
            && await EngagementHistory.LookedBeforeAsync(session, looks.Last.Copy.Id, looks.Last.At - settings.Prompts.SittingGap),
        OneTextRecipients = recipients,
        OneTextLimit = settings.Prompts.OneTextRecipients,
    };

    PromptNews News(Looks looks, LinkNames links)
    {
        var last = looks.Last;
        // An old hit that this look explains did not raise the prompt.
        var raisedBy = looks.Facts.FirstOrDefault(e => e.IsNews) ?? last;
        IReadOnlyList<string> forwarded = looks.Facts.Any(e => e.Copy.ForwardedAtMs is not null || forwardedNow.Contains(e.Copy.Id)) ? [ForwardedBook.Text] : [];
        return new(
            looks.State.Id, last.Copy.RepId, last.Copy.MessageId, raisedBy.HitId, last.At, PromptWording.CallNow,
            [.. PromptWording.Reasons(looks.State.Sitting!, new(last.Copy.Subject, last.Link is { } link ? links.Of(last.Copy.MessageId, link) : null)), .. forwarded],
            raisedBy.Judgement)
        {
            Interest = looks.Facts.Where(e => e is { Kind: HitKind.Click, Link: not null }).MaxBy(e => e.At) is { Link: { } clicked } ? links.Of(last.Copy.MessageId, clicked) : null,
        };
    }
}
