using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tracker.Access;
using Tracker.Outbound.Instrumenting;
using Tracker.Outbound.Servers;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Outbox;

/// <summary>Takes copies into the outbox, in the transaction that stores their message.</summary>
public sealed class Intake(OutboxStore store, MailServers servers)
{
    static readonly TimeSpan LongestAhead = TimeSpan.FromDays(366);

    /// <returns>When the mail is due; null when it is not to be delivered.</returns>
    /// <exception cref="ProblemException">The parameters don't go together, or <paramref name="sendAt"/> is no time within a year.</exception>
    public static DateTimeOffset? When(bool? deliver, string? sendAt, string? sentAt, DateTimeOffset now)
    {
        if (deliver != true)
        {
            return string.IsNullOrEmpty(sendAt) ? null : throw new ProblemException(Problems.Parameter("sendAt", sendAt, "a time only together with deliver=true"));
        }
        if (!string.IsNullOrEmpty(sentAt))
        {
            throw new ProblemException(Problems.Parameter("sentAt", sentAt, "no value together with deliver=true: when the mail went out is what the outbox says"));
        }
        if (string.IsNullOrEmpty(sendAt))
        {
            return now;
        }
        return DateTimeOffset.TryParse(sendAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at > now.AddDays(-1) && at < now + LongestAhead
            ? at
            : throw new ProblemException(Problems.Parameter("sendAt", sendAt, "a time within the next year such as 2026-03-02T09:30:00Z"));
    }

    public static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];

    /// <returns>Why the mail cannot be sent from here; null when it can.</returns>
    public async Task<ProblemHttpResult?> RefuseAsync(Database database, OutboundMail mail, Rep rep, CancellationToken ct)
    {
        var accounts = await database.ReadAsync(servers.ListAsync, ct);
        return !accounts.Any(a => a.Smtp is not null)
                ? Problems.CannotDeliver.With("?deliver=true asks this server to send the mail, and no mail server is set for its outbox (on the page under Settings, Outgoing mail, or Tracker:Mail:SmtpHost).")
            : mail.From is not { } from ? Problems.CannotDeliver.With("The mail has no usable From address, so no mail server would take it.")
            : MailServers.ForSending(accounts, from, rep.Email) is null ? Problems.CannotDeliver.With($"None of the mail accounts set here is for {from} or {rep.Email}.")
            : null;
    }

    public async Task<IReadOnlyList<CopyView>> QueueAsync(
        Session session, long messageId, Rep rep, OutboundMail mail, IReadOnlyList<MadeCopy> copies, IReadOnlyList<CopyView> views, DateTimeOffset at, DateTimeOffset now)
    {
        for (var i = 0; i < copies.Count; i++)
        {
            await store.AddAsync(session, new(Ids.Parse(views[i].Id), messageId, rep.Id, mail.From!, copies[i].Recipient.Address, copies[i].Mail.Bytes, at), now);
        }
        return await WithDeliveriesAsync(session, messageId, views);
    }

    public static async Task<IReadOnlyList<CopyView>> WithDeliveriesAsync(Session session, long messageId, IReadOnlyList<CopyView> views)
    {
        var deliveries = (await DeliveryRow.OfMessageAsync(session, messageId)).ToDictionary(d => Ids.Text(d.CopyId!.Value), d => d.ToView());
        return [.. views.Select(v => v with { Delivery = deliveries[v.Id] })];
    }
}
