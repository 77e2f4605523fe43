using Tracker.Domain.Signals;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Engagement;

/// <summary>When companies' gateways scanned earlier copies. Read and written with the copies in hand; hits are never searched for it.</summary>
public sealed class CompanyScans
{
    /// <summary>Scans remembered a company: enough for a habit, and an old gateway is forgotten when it is replaced.</summary>
    const int Kept = 50;

    /// <summary>A "scan" that begins later says nothing about when scans come.</summary>
    static readonly TimeSpan LatestStart = TimeSpan.FromHours(24);

    sealed record Row
    {
        public long CopyId { get; init; }
        public long CompanyId { get; init; }
        public long DelayMs { get; init; }
    }

    readonly ILookup<long, Row> _scans;

    CompanyScans(IEnumerable<Row> rows) => _scans = rows.ToLookup(r => r.CompanyId);

    public static async Task<CompanyScans> LoadAsync(Session session, IEnumerable<CopyRow> copies)
    {
        var ids = copies.Where(c => c.CompanyId is not null).Select(c => c.CompanyId!.Value).Distinct().ToArray();
        return new(ids.Length == 0 ? [] : await session.QueryAsync<Row>(
            "select copy_id, company_id, delay_ms from company_scans where " + session.Dialect.In("company_id", "@ids"), new { ids }));
    }

    /// <summary>The habit as it was known when the copy went out: from copies made before it.</summary>
    public async Task<ScanHabit?> HabitAsync(Session session, CopyRow copy)
    {
        var earlier = copy.CompanyId is { } company ? _scans[company].Where(s => s.CopyId < copy.Id).ToList() : [];
        if (earlier.Count < ScanHabit.FewestCopies)
        {
            return null;
        }
        var copies = await session.ScalarAsync<long>("""
            select count(*) from prospects p join copies c on c.prospect_id = p.id join messages m on m.id = c.message_id
            where p.company_id = @company and c.id >= @oldest and c.id < @copy and c.instrumented = 1 and m.sent_at_ms is not null
            """, new { company = copy.CompanyId, oldest = earlier.Min(s => s.CopyId), copy = copy.Id });
        return ScanHabit.Of([.. earlier.Select(s => TimeSpan.FromMilliseconds(s.DelayMs))], (int)Math.Min(copies, int.MaxValue));
    }

    /// <summary>Notes the copy's first scan, once.</summary>
    public static async Task NoteAsync(Session session, CopyRow copy, IEnumerable<JudgedHit> judged)
    {
        if (copy is not { CompanyId: { } company, SentAtMs: { } sent })
        {
            return;
        }
        var first = judged.Where(j => j.After.Rule == Judge.BurstRule).Select(j => (long?)j.Hit.At.Ms()).Min();
        if (first - sent is { } delay and >= 0 && delay <= LatestStart.TotalMilliseconds)
        {
            await session.ExecuteAsync(
                "insert into company_scans (copy_id, company_id, delay_ms) values (@copy, @company, @delay) on conflict (copy_id) do nothing", new { copy = copy.Id, company, delay });
            await session.ExecuteAsync("""
                delete from company_scans where company_id = @company and copy_id not in (select copy_id from company_scans where company_id = @company order by copy_id desc limit @Kept)
                """, new { company, Kept });
        }
    }
}
