using System.Globalization;
using Tracker.Domain.FollowUp;
using Tracker.FollowUp.Deals;
using Tracker.Prospects;
using Tracker.Web;

namespace Tracker.FollowUp.Import;

/// <param name="Row">Line of the file's table, the header being 1.</param>
/// <param name="Column">Null: the row as a whole.</param>
public sealed record ImportError(long Row, string? Column, string Problem);

/// <summary>A row of the file, checked.</summary>
/// <param name="Stage">Null: no deal.</param>
public sealed record ImportRow(long Row, ProspectFacts Facts, string? Rep, Stage? Stage, string? Title, long ValueCents, StageFactsGiven Given, string? Referrer, string? ContractEnd)
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "email", "name", "phone", "company", "timeZone", "externalId", "rep", "stage", "title", "value", "meetingAt", "reviewAt", "askAgainAt", "closingReason", "referrer", "contractEnd",
    ];

    /// <param name="cell">Value of a column; empty where there is none.</param>
    public static ImportRow? Of(long row, Func<string, string> cell, List<ImportError> errors)
    {
        var before = errors.Count;
        T? Read<T>(string column, Func<string, T?> read, string takes) where T : class
        {
            var text = cell(column);
            if (text.Length == 0)
            {
                return null;
            }
            if (read(text) is { } value)
            {
                return value;
            }
            errors.Add(new(row, column, $"'{Short(text)}' is not {takes}"));
            return null;
        }
        var email = Read("email", Emails.Parse, "one bare mail address");
        if (cell("email").Length == 0)
        {
            errors.Add(new(row, "email", "there is none; every prospect needs one"));
        }
        string? Line(string column) => Read(column, t => t.Length <= Texts.MaxLine && !t.Any(char.IsControl) ? t : null, $"one line of at most {Texts.MaxLine} characters");
        DateTimeOffset? Time(string column) => Read<object>(column, t => DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            && at.Year is >= 2000 and < 2100 ? at : null, "a time such as 2026-03-02T09:30:00Z or a day such as 2026-03-02") as DateTimeOffset?;
        var zone = Read("timeZone", t => TimeZoneInfo.TryFindSystemTimeZoneById(t, out _) ? t : null, "an IANA time zone such as Europe/Berlin");
        var stage = Read<object>("stage", t => Enum.TryParse<Stage>(t.Replace(" ", "", StringComparison.Ordinal), true, out var s) && Enum.IsDefined(s) && !char.IsAsciiDigit(t[0]) ? s : null, $"one of {string.Join(", ", Enum.GetValues<Stage>().Select(Names.Of))}") as Stage?;
        var closing = Read<object>("closingReason", t => Enum.TryParse<ClosingReason>(t, true, out var c) && Enum.IsDefined(c) ? c : null, $"one of {string.Join(", ", Enum.GetValues<ClosingReason>().Select(Names.Of))}") as ClosingReason?;
        var value = Read<object>("value", t => decimal.TryParse(t, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var v) && v < 1_000_000_000_000 && decimal.Round(v, 2) == v ? v : null, "0 or more with at most two decimals, such as 1200.50") as decimal?;
        var contractEnd = Read("contractEnd", t => DateOnly.TryParseExact(t, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? t : null, "a day such as 2026-12-31");
        var given = new StageFactsGiven(Time("meetingAt"), Time("reviewAt"), SkipReview: true, Time("askAgainAt"), Never: true, closing);
        var facts = new ProspectFacts(email ?? "", Line("name"), Line("phone"), Line("company"), zone, Line("externalId"));
        var (rep, title, referrer) = (Line("rep"), Line("title"), Line("referrer"));
        return errors.Count > before ? null : new(row, facts, rep, stage ?? Told(given, value is not null || title is not null), title, (long)((value ?? 0) * 100), given, referrer, contractEnd);
    }

    // Without a stage the date that is given says which it is; a value alone is a deal at its beginning.
    static Stage? Told(StageFactsGiven given, bool hasDeal) => given switch
    {
        { AskAgainAt: not null } => Domain.FollowUp.Stage.NotNow,
        { ReviewAt: not null } => Domain.FollowUp.Stage.ProposalSent,
        { MeetingAt: not null } => Domain.FollowUp.Stage.MeetingAgreed,
        _ => hasDeal ? Domain.FollowUp.Stage.Lead : null,
    };

    static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
