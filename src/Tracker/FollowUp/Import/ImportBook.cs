using Tracker.Access;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.FollowUp.Referrals;
using Tracker.Prospects;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Import;

/// <param name="Imported">False for a dry run, and when a row was wrong: then nothing was.</param>
/// <param name="Rows">Of the file, without its header.</param>
/// <param name="DealsKept">Prospects who have an open deal already; it stays as it is.</param>
public sealed record ImportReport(bool Imported, bool DryRun, long Rows, long ProspectsAdded, long ProspectsUpdated, long DealsAdded, long DealsKept, IReadOnlyList<ImportError> Errors);

/// <summary>Brings in all rows in one transaction, or none.</summary>
public static class ImportBook
{
    sealed class NotToBeKept : Exception;

    sealed class Counts
    {
        public long Added { get; set; }
        public long Updated { get; set; }
        public long Deals { get; set; }
        public long Kept { get; set; }
    }

    /// <param name="bound">The rep that the caller is bound to; null: may name any rep.</param>
    /// <param name="fallback">For rows that name no rep; null: they must.</param>
    /// <param name="dryRun">Does everything and takes it back, so that what it says is what would happen.</param>
    /// <param name="progress">Told now and then: rows done, of how many.</param>
    public static async Task<ImportReport> RunAsync(Database database, TextReader text, Rep? bound, Rep? fallback, bool dryRun, Action<long, long> progress, DateTimeOffset now, CancellationToken ct)
    {
        var (rows, errors) = ImportFile.Read(text);
        var counts = new Counts();
        try
        {
            await database.WriteAsync(async s =>
            {
                // Also when rows are wrong: so all that is wrong is told at once.
                await RowsAsync(s, rows, bound, fallback, counts, errors, progress, now);
                if (dryRun || errors.Count > 0)
                {
                    throw new NotToBeKept();
                }
            }, ct);
        }
        catch (NotToBeKept)
        {
            return new(false, dryRun, rows.Count, counts.Added, counts.Updated, counts.Deals, counts.Kept, [.. errors.OrderBy(e => e.Row)]);
        }
        return new(true, false, rows.Count, counts.Added, counts.Updated, counts.Deals, counts.Kept, []);
    }

    static async Task RowsAsync(Session session, IReadOnlyList<ImportRow> rows, Rep? bound, Rep? fallback, Counts counts, List<ImportError> errors, Action<long, long> progress, DateTimeOffset now)
    {
        var reps = (await Reps.ListAsync(session)).ToDictionary(r => r.Email);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var rep = row.Rep is { } named ? reps.GetValueOrDefault(Emails.Key(named)) : fallback;
            if (rep is null)
            {
                errors.Add(new(row.Row, "rep", row.Rep is null ? "names no rep, and none was given for the whole file" : $"there is no rep '{row.Rep}'"));
            }
            else if (bound is not null && bound.Id != rep.Id)
            {
                errors.Add(new(row.Row, "rep", "is another rep than the key's"));
            }
            else if (bound is not null && await ProspectBook.IsSomebodyElsesAsync(session, row.Facts.Email, bound.Id))
            {
                errors.Add(new(row.Row, "email", $"'{row.Facts.Email}' is a colleague's prospect"));
            }
            else
            {
                await RowAsync(session, row, rep.Id, counts, errors, now);
            }
            if ((i + 1) % 200 == 0 || i + 1 == rows.Count)
            {
                progress(i + 1, rows.Count);
            }
        }
    }

    static async Task RowAsync(Session session, ImportRow row, long repId, Counts counts, List<ImportError> errors, DateTimeOffset now)
    {
        var known = await session.ScalarAsync<long>("select count(*) from prospects where email = @email", new { email = row.Facts.Email }) > 0;
        var id = await ProspectBook.PutAsync(session, row.Facts, repId, now);
        (counts.Added, counts.Updated) = known ? (counts.Added, counts.Updated + 1) : (counts.Added + 1, counts.Updated);
        if (row.ContractEnd is { } end)
        {
            await session.ExecuteAsync("""
                insert into prospect_dates (prospect_id, kind, day) select @id, 'contractEnd', @end
                where not exists (select 1 from prospect_dates where prospect_id = @id and kind = 'contractEnd' and day = @end)
                """, new { id, end });
        }
        if (row.Referrer is { } referrer && await session.ScalarAsync<long>("select count(*) from referrals where prospect_id = @id and referrer = @referrer", new { id, referrer }) == 0)
        {
            await ReferralBook.AddAsync(session, id, repId, referrer, null, now);
        }
        if (row.Stage is { } stage)
        {
            await DealAsync(session, row, id, repId, stage, counts, errors, now);
        }
    }

    static async Task DealAsync(Session session, ImportRow row, long id, long repId, Stage stage, Counts counts, List<ImportError> errors, DateTimeOffset now)
    {
        if (await DealRow.CurrentAsync(session, id, null) is { } deal && (deal.ClosedAtMs is null || (deal.Stage == stage && deal.Title == row.Title)))
        {
            counts.Kept++;
            return;
        }
        try
        {
            await DealBook.CreateAsync(session, id, repId, row.Title, row.ValueCents, stage, row.Given with { Never = row.Given.AskAgainAt is null }, now, now);
            counts.Deals++;
        }
        catch (ProblemException e)
        {
            errors.Add(new(row.Row, "stage", e.Message));
        }
    }
}
