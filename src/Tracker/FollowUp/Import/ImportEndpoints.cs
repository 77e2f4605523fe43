using System.Text;
using Tracker.Access;
using Tracker.FollowUp.Touches;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.FollowUp.Import;

/// <param name="Csv">The file; its first line names the columns.</param>
public sealed record ImportInput(string? Csv);

/// <param name="Items">Rows as objects of texts, oldest first.</param>
public sealed record ExportPage(IReadOnlyList<IReadOnlyDictionary<string, string?>> Items, string? Next);

public static class ImportEndpoints
{
    const string Csv = "text/csv";

    public static void MapImport(this IEndpointRouteBuilder api)
    {
        api.MapPost("/import", ImportAsync).RequireScope(Scopes.Send).WithTags("Follow-up").WithName("importCsv").WithSummary("Imports prospects and deals from CSV: all rows or none")
            .WithDescription($"The body is CSV (`text/csv`) or JSON with `csv`. Columns: {string.Join(", ", ImportRow.Columns)}; only email is needed. `?dryRun=true` does everything and takes it back. When a row is wrong nothing is imported, and every wrong row is named.")
            .WithMetadata(new AcceptedBodies(typeof(ImportInput), Csv, "email,name,phone,stage,value\r\nanna@customer.example,Anna Able,+49 30 1234,lead,1200.50\r\n"))
            .Produces<ImportReport>().ProducesProblems(Problems.InvalidJson, Problems.InvalidParameter, Problems.UnknownRep, Problems.ImportRefused, Problems.UnsupportedMediaType, Problems.TooLarge);
        api.MapGet("/export/{what}", ExportAsync).RequireScope(Scopes.Read).WithTags("Follow-up").WithName("export").WithSummary("Everything, as tables")
            .WithDescription($"`what` is one of {string.Join(", ", ExportFile.Tables)}. As JSON in pages; with `Accept: text/csv` the whole table as a file, with formula characters made harmless.")
            .Produces<ExportPage>().ProducesProblems(Problems.InvalidParameter);
    }

    static async Task<IResult> ImportAsync(HttpContext http, Caller caller, Database database, TrackerSettings settings, TimeProvider time, bool? dryRun, string? rep)
    {
        var body = await RequestBody.ReadAsync(http, settings.MessageBytes);
        var csv = http.Request.ContentType?.Split(';')[0].Trim() switch
        {
            Csv => Encoding.UTF8.GetString(body.Span),
            "application/json" => Json(body),
            _ => throw new ProblemException(Problems.UnsupportedMediaType.With($"The body is '{http.Request.ContentType}'; this route takes {Csv} or application/json.")),
        };
        var (bound, fallback) = await database.ReadAsync(async s => (caller.RepId is { } id ? await Reps.FindAsync(s, id) : null, await RepChoice.OptionalAsync(s, caller, rep)), http.RequestAborted);
        using var text = new StringReader(csv.Replace('\0', '\ufffd'));
        var report = await ImportBook.RunAsync(database, text, bound, fallback, dryRun == true, (_, _) => { }, time.GetUtcNow(), http.RequestAborted);
        return report.Imported || report.DryRun ? TypedResults.Ok(report) : Problems.ImportRefused.With(Explain(report));
    }

    static string Json(ReadOnlyMemory<byte> body)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize<ImportInput>(body.Span, ApiJson.Options)?.Csv ?? throw new ProblemException(Problems.Parameter("csv", null, "the file"));
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new ProblemException(Problems.InvalidJson.With(JsonErrors.Explain(e)));
        }
    }

    /// <summary>The first rows that are wrong; a dry run tells all of them.</summary>
    public static string Explain(ImportReport report) =>
        $"{report.Errors.Count} rows or columns are wrong: {string.Join("; ", report.Errors.Take(10).Select(e => $"row {e.Row}{(e.Column is null ? "" : $", {e.Column}")}: {e.Problem}"))}{(report.Errors.Count > 10 ? "; …" : "")}.";

    static async Task<IResult> ExportAsync(string what, HttpContext http, Caller caller, Database database, int? limit, string? after)
    {
        TouchInput.OneOf("what", what, [.. ExportFile.Tables]);
        var (most, cursor) = (Paging.Limit(limit), Cursor.Parse(after));
        if (http.Request.GetTypedHeaders().Accept.Any(a => a.MediaType == Csv))
        {
            return Results.Stream(async stream =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(true), leaveOpen: true);
                await ExportFile.WriteAsync(database, what, caller.RepId, writer, http.RequestAborted);
            }, Csv + "; charset=utf-8", $"{what}.csv");
        }
        var rows = await database.ReadAsync(s => ExportFile.PageAsync(s, what, caller.RepId, cursor?.First ?? 0, most + 1), http.RequestAborted);
        var page = Paging.Of(rows, most, r => (IReadOnlyDictionary<string, string?>)r.Cells.ToDictionary(c => c.Column, c => c.Value), r => new(r.Id));
        return TypedResults.Ok(new ExportPage(page.Items, page.Next));
    }
}
