using System.Text.Json;
using Tracker.Domain.Prompts;
using Tracker.Domain.FollowUp;
using Tracker.Domain.Signals;
using Tracker.Feed;
using Tracker.FollowUp;
using Tracker.FollowUp.Touches;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Prompts;

/// <summary>What an engagement says to the prompts.</summary>
/// <param name="Advice">What the rep should do.</param>
/// <param name="Evidence">Why the hit is a person's; kept, so that the rep's rating can be held against it.</param>
public sealed record PromptNews(
    long ProspectId, long RepId, long MessageId, long HitId, DateTimeOffset At, string Advice, IReadOnlyList<string> Reasons, Judgement? Evidence = null)
{
    /// <summary>Name of the link that they followed; null: they followed none.</summary>
    public string? Interest { get; init; }
}

/// <summary>An engagement and the prospect's live prompt, if they have one.</summary>
public sealed record PromptLook(PromptRow? Live, PromptNews News);

/// <summary>Raises, refreshes, withdraws and expires prompts, and tells the feed; always inside the caller's transaction.</summary>
public sealed class PromptBook(FeedLog feed, TrackerSettings settings, TrackerMetrics metrics)
{
    static readonly TimeSpan AdviceLasts = TimeSpan.FromMinutes(1);

    /// <summary>The live prompts of some prospects; none has more than one.</summary>
    public static async Task<IReadOnlyList<PromptRow>> LiveAsync(Session session, long[] prospects) => prospects.Length == 0 ? [] : await session.ReadAsync(
        $"{PromptRow.Select} where {session.Dialect.In("p.prospect_id", "@prospects")} and p.state in ('open', 'snoozed')", new { prospects }, PromptRow.Read);

    /// <summary>Live ones and owed calls: nobody has said yet what came of them.</summary>
    public static Task<List<PromptRow>> UnansweredAsync(Session session, long[] prospects) => session.ReadAsync(
        $"{PromptRow.Select} where {session.Dialect.In("p.prospect_id", "@prospects")} and p.state in ('open', 'snoozed', 'expired')", new { prospects }, PromptRow.Read);

    /// <returns>The prompt.</returns>
    public async Task<PromptRow> RaiseAsync(Session session, PromptNews news, DateTimeOffset now) => (await NoteAsync(session, [new(null, news)], now))[0];

    /// <returns>The prompt as it is now.</returns>
    public async Task<PromptRow> RefreshAsync(Session session, PromptRow live, PromptNews news, DateTimeOffset now) => (await NoteAsync(session, [new(live, news)], now))[0];

    /// <summary>
    /// Raises a prompt for whoever has none, and refreshes the others. A snoozed prompt stays silent: the rep asked for that. It is fresher when it comes back. A look
    /// at a colleague's mail refreshes it too, without telling what the colleague wrote.
    /// </summary>
    /// <param name="looks">At most one of each prospect.</param>
    /// <returns>The prompts as they are now, in the order of the looks.</returns>
    public async Task<IReadOnlyList<PromptRow>> NoteAsync(Session session, IReadOnlyList<PromptLook> looks, DateTimeOffset now)
    {
        await Interests.NoteAsync(session, [.. looks.Select(l => l.News)]);
        // Whoever was parked is looking again: a call is owed anew, and the prompt says so.
        var revived = await Revival.NoteAsync(session, [.. looks.Where(l => l.Live is null).Select(l => (l.News.ProspectId, l.News.RepId))], now);
        var advice = await GuardBook.PromptAdviceAsync(session, [.. looks.Where(l => !HasAdvice(l.Live, now)).Select(l => (l.News.ProspectId, l.Live?.RepId ?? l.News.RepId))], now);
        var told = looks.Select(l => l with { News = Told(l, revived.GetValueOrDefault(l.News.ProspectId), advice.GetValueOrDefault(l.News.ProspectId)) }).ToList();
        // It is as old as the look that raised it: after an outage a look of this morning becomes an owed call, not a "now".
        var raised = new Queue<long>(await session.EachAsync("""
            insert into prompts (prospect_id, rep_id, message_id, hit_id, state, advice, reasons, rule, evidence, raised_at_ms, refreshed_at_ms, expires_at_ms)
            values (@p0, @p1, @p2, @p3, 'open', @p4, @p5, @p6, @p7, @p8, @p8, @p9) returning id
            """, [.. told.Where(l => l.Live is null).Select(l => Values(l.News, now))]));
        await session.EachAsync("""
            update prompts set message_id = @p1, advice = @p2, reasons = @p3, refreshed_at_ms = @p4, expires_at_ms = case when expires_at_ms > @p5 then expires_at_ms else @p5 end
            where id = @p0
            """, [.. told.Where(l => l.Live is not null).Select(l => new object?[] { l.Live!.Id, l.News.MessageId, l.News.Advice, Reasons(l.News), now.Ms(), Expires(l.News) })]);
        return await TellAsync(session, [.. told.Select(l => (l.Live is null ? FeedTypes.PromptRaised : FeedTypes.PromptRefreshed, l.Live?.Id ?? raised.Dequeue()))], now);
    }

    // A reader makes many hits a minute; the advice does not change that fast.
    static bool HasAdvice(PromptRow? live, DateTimeOffset now) => live is { Advice.Length: > 0 } && now - Times.Of(live.RefreshedAtMs) < AdviceLasts;

    static PromptNews Told(PromptLook look, string? revived, string? advice)
    {
        var news = look.News with { Advice = advice ?? look.Live?.Advice ?? PromptWording.CallNow };
        return look.Live is not { } live ? news with { Reasons = revived is null ? news.Reasons : [.. news.Reasons, revived] }
            : news.RepId == live.RepId ? news
            : news with { MessageId = live.MessageId, Reasons = [news.Reasons[0].Split(',')[0], PromptWording.ColleaguesMail] };
    }

    /// <summary>The looks it rests on were no person's after all.</summary>
    public async Task WithdrawAsync(Session session, PromptRow live, DateTimeOffset now)
    {
        await session.ExecuteAsync("update prompts set state = 'withdrawn', advice = @advice, closed_at_ms = @now where id = @id", new { id = live.Id, advice = PromptWording.TakenBack, now = now.Ms() });
        await Obligations.SettlePromptAsync(session, live.Id, now);
        await TellAsync(session, FeedTypes.PromptWithdrawn, live.Id, now);
    }

    /// <summary>What is recorded as the outcome when the prospect has written back.</summary>
    public const string Replied = "replied";

    /// <summary>They have answered: nobody needs to call about what they read. Owed calls of the same rep are done with it too.</summary>
    public async Task AnsweredByMailAsync(Session session, long prospectId, long repId, DateTimeOffset now)
    {
        foreach (var prompt in (await UnansweredAsync(session, [prospectId])).Where(p => p.RepId == repId))
        {
            await session.ExecuteAsync("update prompts set state = 'answered', outcome = @outcome, closed_at_ms = @now where id = @id", new { id = prompt.Id, outcome = Replied, now = now.Ms() });
            await Obligations.SettlePromptAsync(session, prompt.Id, now);
            await TellAsync(session, FeedTypes.PromptClosed, prompt.Id, now);
        }
    }

    // In this and the next ones the condition on the state is that of the partial index, word for word, or SQLite walks every prompt there ever was.
    /// <summary>Whether <see cref="TickAsync"/> has anything to do; asked every second, so it only reads.</summary>
    public static async Task<bool> AnyDueAsync(Session session, DateTimeOffset now) => await session.ScalarAsync<long>("""
        select case when exists (select 1 from prompts where state in ('open', 'snoozed') and state = 'open' and expires_at_ms <= @now)
                      or exists (select 1 from prompts where state = 'snoozed' and snoozed_until_ms <= @now) then 1 else 0 end
        """, new { now = now.Ms() }) > 0;

    /// <returns>When <see cref="TickAsync"/> next has something to do; null when never, as things are.</returns>
    public static async Task<DateTimeOffset?> NextDueAsync(Session session) => Times.Of(await session.ScalarAsync<long?>(
        "select min(case when state = 'snoozed' then snoozed_until_ms else expires_at_ms end) from prompts where state in ('open', 'snoozed')"));

    /// <summary>Ends what has run out (the call is now owed) and wakes what was snoozed until now.</summary>
    /// <returns>How many changed.</returns>
    public async Task<int> TickAsync(Session session, DateTimeOffset now)
    {
        var awake = await session.QueryAsync<PromptRow>(PromptRow.Select + " where p.state = 'snoozed' and p.snoozed_until_ms <= @now", new { now = now.Ms() });
        foreach (var prompt in awake)
        {
            await session.ExecuteAsync(
                "update prompts set state = 'open', snoozed_until_ms = null, refreshed_at_ms = @now, expires_at_ms = @expires where id = @id",
                new { id = prompt.Id, now = now.Ms(), expires = (now + settings.Prompts.Lifetime).Ms() });
            await TellAsync(session, FeedTypes.PromptRefreshed, prompt.Id, now);
        }
        var over = await session.QueryAsync<PromptRow>(PromptRow.Select + " where p.state in ('open', 'snoozed') and p.state = 'open' and p.expires_at_ms <= @now", new { now = now.Ms() });
        foreach (var prompt in over)
        {
            await session.ExecuteAsync("update prompts set state = 'expired' where id = @id", new { id = prompt.Id });
            await Obligations.AddAsync(session, new(prompt.ProspectId, prompt.RepId, prompt.Id, NextStep.Call, $"missed call: {JsonSerializer.Deserialize<string[]>(prompt.Reasons)![0]}", now) { Source = ObligationSources.Missed }, now);
            await TellAsync(session, FeedTypes.PromptExpired, prompt.Id, now);
        }
        return awake.Count + over.Count;
    }

    /// <summary>One call answers everything that asks for one: the rep's prompts of this prospect, missed or live, close with it.</summary>
    /// <returns>How many.</returns>
    public async Task<int> AnswerAllAsync(Session session, long prospectId, long repId, string outcome, DateTimeOffset now, long? except = null)
    {
        var ids = await session.QueryAsync<long>(
            "select id from prompts where prospect_id = @prospectId and rep_id = @repId and state in ('open', 'snoozed', 'expired') order by id", new { prospectId, repId });
        if (ids.Count == 0)
        {
            return 0;
        }
        await session.ExecuteAsync(
            "update prompts set state = 'answered', outcome = @outcome, closed_at_ms = @now where prospect_id = @prospectId and rep_id = @repId and state in ('open', 'snoozed', 'expired')",
            new { prospectId, repId, outcome, now = now.Ms() });
        foreach (var id in ids.Where(i => i != except))
        {
            await TellAsync(session, FeedTypes.PromptClosed, id, now);
        }
        return ids.Count;
    }

    /// <summary>Puts the prompt as it now stands on the feed.</summary>
    public async Task<PromptRow> TellAsync(Session session, string type, long id, DateTimeOffset now) => (await TellAsync(session, [(type, id)], now))[0];

    async Task<IReadOnlyList<PromptRow>> TellAsync(Session session, IReadOnlyList<(string Type, long Id)> told, DateTimeOffset now)
    {
        var found = (await PromptRow.AllAsync(session, [.. told.Select(t => t.Id)])).ToDictionary(r => r.Id);
        var rows = told.Select(t => found[t.Id]).ToList();
        await feed.AppendAsync(session, [.. told.Zip(rows, (t, row) => new FeedEntry(t.Type, now, row.RepId, row.ProspectId, row.MessageId, row.ToView()))]);
        session.AfterCommit(() =>
        {
            foreach (var (type, _) in told)
            {
                metrics.Prompt(type);
            }
        });
        return rows;
    }

    /// <summary>Tells the rep who had it that the prompt is a colleague's now.</summary>
    public async Task TellHandedAsync(Session session, PromptRow before, DateTimeOffset now)
    {
        var after = (await PromptRow.FindAsync(session, before.Id, null))!;
        await feed.AppendAsync(session, [new(FeedTypes.PromptHanded, now, before.RepId, before.ProspectId, before.MessageId, after.ToView())]);
        session.AfterCommit(() => metrics.Prompt(FeedTypes.PromptHanded));
    }

    object?[] Values(PromptNews news, DateTimeOffset now) =>
    [
        news.ProspectId, news.RepId, news.MessageId, news.HitId, news.Advice, Reasons(news), news.Evidence?.Rule ?? "",
        news.Evidence is { } e ? JsonSerializer.Serialize(new { e.Rule, e.Confidence, e.Reasons, rulesVersion = Judge.RulesVersion }, ApiJson.Options) : "{}",
        now.Ms(), Expires(news),
    ];

    static string Reasons(PromptNews news) => JsonSerializer.Serialize(news.Reasons, ApiJson.Options);

    long Expires(PromptNews news) => (news.At + settings.Prompts.Lifetime).Ms();
}
