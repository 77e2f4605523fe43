using System.Text.Json.Nodes;
using Tracker.Domain.Inbound;
using Tracker.Engagement;
using Tracker.Feed;
using Tracker.FollowUp;
using Tracker.Outbound;
using Tracker.Outbound.Outbox;
using Tracker.Prompts;
using Tracker.Prospects;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Inbound;

/// <summary>What became of a mail that came in.</summary>
/// <param name="Copies">To how many of our copies it belongs; 0: it is nobody's answer.</param>
public sealed record Handled(AnswerKind Kind, int Copies, DateTimeOffset? Until = null);

/// <summary>Takes mail that came in, one by one, inside the caller's transaction. Seen twice, a mail counts once.</summary>
public sealed class AnswerDesk(AnswerTies ties, FeedLog feed, PromptBook prompts, EngagementBook engagement, DeliveryFailures failures, TrackerSettings settings)
{
    /// <param name="at">When the mail arrived, by a clock of ours: what it says itself is for anybody to write.</param>
    public async Task<Handled> TakeAsync(Session session, IncomingMail mail, DateTimeOffset at, DateTimeOffset now)
    {
        var kind = AnswerRules.Kind(mail.Facts);
        if (kind is AnswerKind.Bounce or AnswerKind.Delayed)
        {
            return await BounceAsync(session, mail, kind, at, now);
        }
        // A rep's own mail in the thread, or a colleague's, answers nothing.
        if (kind == AnswerKind.None || InternalRecipients.Contains(await InternalRecipients.LoadAsync(session, settings.Mail.OwnDomains), mail.From)
            || await ties.OfAnswerAsync(session, mail, now) is not ({ } copy, { } tie))
        {
            return new(kind, 0);
        }
        var until = kind == AnswerKind.Away ? ReturnDate.Find(mail.NewText, at) : null;
        if (await StoreAsync(session, mail.Hash, kind, copy, tie.By, tie.IsCertain, at, until, null) is { } id)
        {
            await (kind switch
            {
                AnswerKind.Reply => RepliedAsync(session, mail, id, copy, tie, at, now),
                AnswerKind.Away => AwayAsync(session, id, copy, tie, until, at, now),
                _ => Task.CompletedTask,
            });
        }
        return new(kind, 1, until);
    }

    async Task RepliedAsync(Session session, IncomingMail mail, long id, AnsweredCopy copy, Tie tie, DateTimeOffset at, DateTimeOffset now)
    {
        if (tie.IsCertain)
        {
            await prompts.AnsweredByMailAsync(session, copy.ProspectId, copy.RepId, now);
            await engagement.ReplyAsync(session, copy.ProspectId, at);
            await AnswersHeard.RepliedAsync(session, copy.ProspectId, at, now);
        }
        if (tie.IsCertain && mail.From == copy.Recipient && SignaturePhone.Find(mail.NewText) is { } phone)
        {
            await ProspectBook.PutAsync(session, new(copy.Recipient, Phone: StoredText.Of(phone)), null, now, onlyMissing: true);
        }
        await TellAsync(session, FeedTypes.Reply, id, copy, tie, at, null, tie.IsCertain ? $"{copy.Recipient} has answered “{copy.Subject}”" : $"somebody has answered “{copy.Subject}”; that it is {copy.Recipient} is not certain");
    }

    async Task AwayAsync(Session session, long id, AnsweredCopy copy, Tie tie, DateTimeOffset? until, DateTimeOffset at, DateTimeOffset now)
    {
        if (tie.IsCertain)
        {
            await AnswersHeard.AwayAsync(session, copy.ProspectId, until, at, now);
        }
        await TellAsync(session, FeedTypes.Away, id, copy, tie, at, until, $"{copy.Recipient} is away{(until is { } day ? $" until {day:yyyy-MM-dd}" : "")}");
    }

    async Task<Handled> BounceAsync(Session session, IncomingMail mail, AnswerKind kind, DateTimeOffset at, DateTimeOffset now)
    {
        var tied = await ties.OfBounceAsync(session, mail);
        foreach (var (copy, bounce, by) in tied)
        {
            var isNew = await StoreAsync(session, $"{mail.Hash} {Ids.Text(copy.Id)}", kind, copy, by, true, at, null, bounce.Status) is not null;
            if (!isNew || kind == AnswerKind.Delayed || !await failures.BouncedAsync(session, copy.Id, bounce.Status, bounce.Text, at))
            {
                continue;
            }
            // 5.1.x: the address itself (RFC 3463, 3.2). A full mailbox or a filter is no reason to ask for another address.
            if (bounce.Status?.StartsWith("5.1.", StringComparison.Ordinal) == true)
            {
                await AnswersHeard.BouncedAsync(session, copy.ProspectId, at, now);
            }
        }
        return new(kind, tied.Count);
    }

    /// <returns>Null when it is there already.</returns>
    static async Task<long?> StoreAsync(
        Session session, string hash, AnswerKind kind, AnsweredCopy copy, TieKind by, bool certain, DateTimeOffset at, DateTimeOffset? until, string? status) => await session.ScalarAsync<long?>("""
        insert into answers (mail_hash, kind, tie, certain, copy_id, message_id, prospect_id, rep_id, at_ms, until_ms, status)
        values (@hash, @kind, @tie, @certain, @copy, @message, @prospect, @rep, @at, @until, @status) on conflict (mail_hash) do nothing returning id
        """, new
    {
        hash, kind = Names.Of(kind), tie = Names.Of(by), certain = certain ? 1L : 0L, copy = copy.Id, message = copy.MessageId, prospect = copy.ProspectId, rep = copy.RepId,
        at = at.Ms(), until = until?.Ms(), status,
    });

    Task TellAsync(Session session, string type, long id, AnsweredCopy copy, Tie tie, DateTimeOffset at, DateTimeOffset? until, string text) => feed.AppendAsync(session, [new(
        type, at, copy.RepId, copy.ProspectId, copy.MessageId, new
        {
            answerId = Ids.Text(id), copyId = Ids.Text(copy.Id), messageId = Ids.Text(copy.MessageId), prospectId = Ids.Text(copy.ProspectId), copy.Recipient, copy.Subject, at, until,
            tie = Names.Of(tie.By), certain = tie.IsCertain, text, metadata = (JsonNode?)MetadataText.Parse(copy.Metadata),
        })]);
}
