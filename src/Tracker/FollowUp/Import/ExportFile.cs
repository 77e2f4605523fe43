using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Import;

/// <summary>Everything that follow-up knows, as tables. What spreadsheets would take for a formula is made harmless.</summary>
public static class ExportFile
{
    const int PageSize = 1000;

    // Prospects have the columns of the import, so that what was exported can be imported again.
    static readonly Dictionary<string, string> Queries = new()
    {
        ["prospects"] = """
            select p.id, p.email, p.name, p.phone, coalesce(p.company, co.name) as company, p.time_zone, p.external_id, coalesce(dr.email, r.email) as rep, d.stage, d.title,
                   d.value_cents, d.meeting_at_ms, d.review_at_ms, d.ask_again_at_ms, d.closing_reason,
                   (select max(f.referrer) from referrals f where f.prospect_id = p.id) as referrer, (select max(x.day) from prospect_dates x where x.prospect_id = p.id and x.kind = 'contractEnd') as contract_end,
                   p.rep_id
            from prospects p left join companies co on co.id = p.company_id left join deals d on d.id = (select max(id) from deals where prospect_id = p.id) left join reps r on r.id = p.rep_id left join reps dr on dr.id = d.rep_id
            where (@repId is null or exists (select 1 from prospect_reps pr where pr.prospect_id = p.id and pr.rep_id = @repId)) and p.id > @after order by p.id limit @limit
            """,
        ["deals"] = Of("deals", "t.id, p.email, r.email as rep, t.title, t.value_cents, t.stage, t.stage_since_ms, t.meeting_at_ms, t.review_at_ms, t.review_skipped, t.ask_again_at_ms, t.closing_reason, t.created_at_ms, t.closed_at_ms"),
        ["moves"] = """
            select t.id, t.deal_id, p.email, r.email as rep, t.from_stage, t.to_stage, t.at_ms, t.closing_reason, t.review_skipped, t.note
            from deal_moves t join deals d on d.id = t.deal_id join prospects p on p.id = d.prospect_id join reps r on r.id = t.rep_id
            where (@repId is null or t.rep_id = @repId) and t.id > @after order by t.id limit @limit
            """,
        ["touches"] = Of("touches", "t.id, p.email, r.email as rep, t.deal_id, t.stage, t.number, t.kind, t.also_kind, t.theirs, t.outcome, t.answered, t.objection, t.answer_text, t.answer_worked, t.fact_find, t.minutes, t.note, t.reason, t.guard_rule, t.override_reason, t.signal_at_ms, t.at_ms"),
        ["plans"] = Of("plans", "t.id, p.email, r.email as rep, t.deal_id, t.template, t.state, t.cycle_days, t.started_at_ms, t.paused_until_ms, t.pause_reason, t.ended_at_ms, t.end_reason"),
        ["planTouches"] = """
            select t.id, t.plan_id, p.email, r.email as rep, t.planned_kind, t.planned_at_ms, t.kind, t.also_kind, t.due_at_ms, t.reason, t.state, t.changed, t.touch_id
            from plan_touches t join plans n on n.id = t.plan_id join prospects p on p.id = n.prospect_id join reps r on r.id = n.rep_id
            where (@repId is null or n.rep_id = @repId) and t.id > @after order by t.id limit @limit
            """,
        ["obligations"] = Of("obligations", "t.id, p.email, r.email as rep, t.source, t.kind, t.also_kind, t.reason, t.due_at_ms, t.first_due_at_ms, t.moved, t.created_at_ms, t.settled_at_ms, t.settled_by"),
        ["referrals"] = Of("referrals", "t.id, p.email, r.email as rep, t.referrer, t.note, t.created_at_ms, t.contacted_at_ms, t.thanked_at_ms"),
    };

    public static IReadOnlyCollection<string> Tables => Queries.Keys;

    static string Of(string table, string columns) => $"""
        select {columns} from {table} t join prospects p on p.id = t.prospect_id join reps r on r.id = t.rep_id
        where (@repId is null or t.rep_id = @repId) and t.id > @after order by t.id limit @limit
        """;

    /// <summary>Characters that begin a formula in a spreadsheet, after OWASP's page on CSV injection.</summary>
    public static bool StartsFormula(char c) => c is '=' or '+' or '-' or '@' or '\t' or '\r';

    /// <returns>Rows in order of their ids; times as ISO 8601, money as a decimal.</returns>
    public static async Task<IReadOnlyList<(long Id, IReadOnlyList<(string Column, string? Value)> Cells)>> PageAsync(Session session, string table, long? repId, long after, int limit) =>
    [
        .. (await session.QueryAsync<dynamic>(Queries[table], new { repId, after, limit })).Cast<IDictionary<string, object?>>()
            .Select(r => (Convert.ToInt64(r["id"], CultureInfo.InvariantCulture), (IReadOnlyList<(string, string?)>)[.. r.Where(c => c.Key != "rep_id").Select(c => Cell(c.Key, c.Value))])),
    ];

    static (string, string?) Cell(string name, object? value) => name switch
    {
        _ when value is null or DBNull => (Column(name), null),
        _ when name.EndsWith("_ms", StringComparison.Ordinal) => (Column(name), Times.Of(Convert.ToInt64(value, CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        "value_cents" => ("value", (Convert.ToInt64(value, CultureInfo.InvariantCulture) / 100m).ToString("0.00", CultureInfo.InvariantCulture)),
        _ => (Column(name), Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    static string Column(string name)
    {
        var words = (name == "value_cents" ? "value" : name.EndsWith("_ms", StringComparison.Ordinal) ? name[..^3] : name).Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }

    /// <summary>Writes the whole table, page by page, so that no read lasts as long as the reader is slow.</summary>
    public static async Task<long> WriteAsync(Database database, string table, long? repId, TextWriter to, CancellationToken ct)
    {
        await using var csv = new CsvWriter(to, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape, InjectionEscapeCharacter = '\'', NewLine = "\r\n" }, leaveOpen: true);
        var (after, written) = (0L, 0L);
        while (true)
        {
            var rows = await database.ReadAsync(s => PageAsync(s, table, repId, after, PageSize), ct);
            foreach (var (id, cells) in rows)
            {
                if (written++ == 0)
                {
                    await RowAsync(csv, Shown(table, cells).Select(c => c.Column));
                }
                await RowAsync(csv, Shown(table, cells).Select(c => c.Value ?? ""));
                after = id;
            }
            await csv.FlushAsync();
            if (rows.Count < PageSize)
            {
                return written;
            }
        }
    }

    // An id of this installation means nothing to the one it is imported into.
    static IEnumerable<(string Column, string? Value)> Shown(string table, IReadOnlyList<(string Column, string? Value)> cells) => table == "prospects" ? cells.Where(c => c.Column != "id") : cells;

    static async Task RowAsync(CsvWriter csv, IEnumerable<string> cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(cell);
        }
        await csv.NextRecordAsync();
    }
}
