using Tracker.Domain.FollowUp;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Banks;

public sealed record BankRow
{
    public long Id { get; init; }
    public string Bank { get; init; } = "";
    public string Topic { get; init; } = "";
    public string Text { get; init; } = "";
    public long Shipped { get; init; }
    public long? RetiredAtMs { get; init; }
    public long Used { get; init; }
    public long Worked { get; init; }
}

/// <summary>The team's texts. Until somebody looks at a bank, those that ship are in force; from then on they are rows like any other.</summary>
public static class BankBook
{
    /// <summary>What they looked at long ago does not interest them any more.</summary>
    const int MostReady = 3;

    public static async Task SeedAsync(Session session, DateTimeOffset now)
    {
        if (await session.ScalarAsync<long>("select count(*) from bank_entries where shipped = 1") == 0)
        {
            await session.InsertAsync(
                "insert into bank_entries (bank, topic, text, shipped, created_at_ms) values",
                [.. ShippedBanks.All.Select(t => new object?[] { t.Bank, t.Topic, t.Text, 1L, now.Ms() })], "on conflict (bank, text) do nothing");
        }
    }

    /// <summary>What is in force of one bank.</summary>
    public static async Task<IReadOnlyList<BankText>> TextsAsync(Session session, string bank)
    {
        var rows = await session.QueryAsync<BankRow>("select id, bank, topic, text, shipped, retired_at_ms from bank_entries where bank = @bank order by shipped, id", new { bank });
        // The team's own come first: they wrote them because those that ship did not do.
        return rows.Any(r => r.Shipped != 0)
            ? [.. rows.Where(r => r.RetiredAtMs is null).Select(r => new BankText(r.Bank, r.Topic, r.Text))]
            : [.. rows.Select(r => new BankText(r.Bank, r.Topic, r.Text)), .. ShippedBanks.All.Where(t => t.Bank == bank)];
    }

    /// <summary>Reasons for one prospect: what they read is a ready one, and comes before those of the bank.</summary>
    public static async Task<IReadOnlyList<BankText>> ReasonsAsync(Session session, long prospectId, long repId) =>
        [.. await ReadyAsync(session, prospectId, repId), .. await TextsAsync(session, ShippedBanks.Reasons)];

    /// <summary>From the names of the links they followed, the latest first.</summary>
    public static async Task<IReadOnlyList<BankText>> ReadyAsync(Session session, long prospectId, long repId) =>
        [.. (await Interests.LoadAsync(session, [prospectId], repId))[prospectId].Take(MostReady).Select(i => new BankText(ShippedBanks.Reasons, "interest", $"something new about {i}"))];

    public static Task<IReadOnlyList<BankRow>> ListAsync(Session session, string bank) => session.QueryAsync<BankRow>("""
        select b.id, b.bank, b.topic, b.text, b.shipped, b.retired_at_ms,
               (select count(*) from touches t where (b.bank = 'reasons' and t.reason = b.text) or (b.bank = 'answers' and t.answer_text = b.text) or (b.bank = 'overrides' and t.override_reason = b.text)) as used,
               (select count(*) from touches t where b.bank = 'answers' and t.answer_text = b.text and t.answer_worked = 1) as worked
        from bank_entries b where b.bank = @bank and b.retired_at_ms is null order by b.topic, worked desc, b.id
        """, new { bank });

    public static Task<BankRow?> FindAsync(Session session, string bank, long? id) => session.FirstAsync<BankRow>(
        "select id, bank, topic, text, shipped, retired_at_ms, 0 as used, 0 as worked from bank_entries where bank = @bank and id = @id and retired_at_ms is null", new { bank, id });

    /// <summary>Texts of reasons that went to a prospect with some kind of touch within a year, or are planned.</summary>
    public static async Task<ISet<(string Kind, string Reason)>> UsedReasonsAsync(Session session, long prospectId, DateTimeOffset now) =>
        (await session.QueryAsync<UsedRow>("""
            select kind, reason from touches where prospect_id = @prospectId and reason is not null and theirs = 0 and at_ms > @since
            union select t.kind, t.reason from plan_touches t join plans p on p.id = t.plan_id where p.prospect_id = @prospectId and p.state <> 'ended' and t.state = 'planned'
            """, new { prospectId, since = (now - Guard.SameReason).Ms() })).Select(r => (r.Kind, r.Reason)).ToHashSet();

    sealed record UsedRow
    {
        public string Kind { get; init; } = "";
        public string Reason { get; init; } = "";
    }

    /// <summary>A reason of the topic that was not used with this kind of touch; else one of any topic; else null: the bank is empty.</summary>
    public static string? Pick(IReadOnlyList<BankText> reasons, string topic, string kind, ISet<(string Kind, string Reason)> used) =>
        reasons.Where(r => !used.Contains((kind, r.Text))).OrderBy(r => r.Topic == topic ? 0 : 1).FirstOrDefault()?.Text;
}
