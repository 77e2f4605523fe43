using System.Globalization;
using System.Text.RegularExpressions;

namespace Tracker.Domain.Inbound;

/// <summary>Finds the day on which somebody says they are back, in the text of their absence note.</summary>
public static partial class ReturnDate
{
    /// <summary>Further away it is another date, such as a contract's. An assumption: parental leave is the longest that notes are written for.</summary>
    const int MostDaysAhead = 400;

    /// <summary>How far before a date the word may stand that says what the date is, in characters.</summary>
    const int WordBefore = 45;

    // English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish, Danish and Norwegian, by their first letters.
    static readonly string[] Months =
    [
        "jan|january|januar|janvier|enero|ene|gennaio|gen|januari|janeiro|stycznia|sty|jänner", "feb|february|februar|février|fév|fevrier|febrero|febbraio|februari|fevereiro|fev|lutego|lut",
        "mar|march|märz|mrz|mars|marzo|maart|mrt|março|marca", "apr|april|avril|avr|abril|abr|aprile|kwietnia|kwi",
        "may|mai|mayo|maggio|mag|mei|maio|maja|maj", "jun|june|juni|juin|junio|giugno|giu|junho|czerwca|cze",
        "jul|july|juli|juillet|juil|julio|luglio|lug|julho|lipca|lip", "aug|august|août|aout|agosto|ago|augustus|sierpnia|sie|augusti",
        "sep|sept|september|septembre|septiembre|settembre|set|setembro|września|wrz", "oct|october|oktober|okt|octobre|octubre|ottobre|ott|outubro|out|października|paź",
        "nov|november|novembre|noviembre|novembro|listopada|lis", "dec|december|dezember|dez|décembre|déc|decembre|diciembre|dic|dicembre|dezembro|grudnia|gru|desember|des",
    ];

    static readonly string[] Weekdays =
    [
        "sunday|sonntag|dimanche|domingo|domenica|zondag|niedziel[aęi]|söndag|søndag", "monday|montag|lundi|lunes|lunedì|maandag|segunda(?:-feira)?|poniedziałe?k|måndag|mandag",
        "tuesday|dienstag|mardi|martes|martedì|dinsdag|terça(?:-feira)?|wtorek|tisdag|tirsdag", "wednesday|mittwoch|mercredi|miércoles|mercoledì|woensdag|quarta(?:-feira)?|środ[aęy]|onsdag",
        "thursday|donnerstag|jeudi|jueves|giovedì|donderdag|quinta(?:-feira)?|czwartek|torsdag", "friday|freitag|vendredi|viernes|venerdì|vrijdag|sexta(?:-feira)?|piątek|fredag",
        "saturday|samstag|sonnabend|samedi|sábado|sabato|zaterdag|sobot[aęy]|lördag|lørdag",
    ];

    static readonly string AnyMonth = string.Join('|', Months.SelectMany(m => m.Split('|')).OrderByDescending(m => m.Length));

    static readonly Regex DayMonth = New($@"(?<![\d./-])(?<d>[0-3]?\d)(?:st|nd|rd|th|er|º|°)?\.?\s+(?:of\s+|de\s+)?(?<m>{AnyMonth})\b\.?(?:,?\s*(?:de\s+)?(?<y>20\d\d))?");
    static readonly Regex MonthDay = New($@"\b(?<m>{AnyMonth})\.?\s+(?:the\s+)?(?<d>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*[:.]\d)(?:,?\s*(?<y>20\d\d))?");
    static readonly Regex Weekday = New($@"\b(?:{string.Join('|', Weekdays.Select((w, i) => $"(?<w{i}>{w})"))})\b");

    static Regex New(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <param name="newText">Without what is quoted.</param>
    /// <param name="sent">When the note was sent: dates without a year are meant from then on.</param>
    /// <returns>Midnight UTC of the day; null when none is named.</returns>
    public static DateTimeOffset? Find(string newText, DateTimeOffset sent)
    {
        try
        {
            var today = DateOnly.FromDateTime(sent.UtcDateTime);
            var dates = Dates(newText, today).Where(d => d.Date >= today && d.Date <= today.AddDays(MostDaysAhead)).ToList();
            // "From the 1st until the 12th, back on the 13th": the latest of those that a word says it of.
            var said = dates.Where(d => Says().IsMatch(Before(newText, d.At))).ToList();
            var found = said.Count > 0 ? said : [.. dates.Where(d => !d.IsWeekday)];
            return found.Count == 0 ? null : new DateTimeOffset(found.Max(d => d.Date).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        }
        catch (RegexMatchTimeoutException)
        {
            // Somebody's text was made to take long; then no day is known.
            return null;
        }
    }

    /// <summary>No further than the sentence goes.</summary>
    static string Before(string text, int at)
    {
        var before = text[Math.Max(0, at - WordBefore)..at];
        var end = before.LastIndexOfAny(['\n', '!', '?']);
        return before[(Math.Max(end, before.LastIndexOf(". ", StringComparison.Ordinal)) + 1)..];
    }

    static List<(DateOnly Date, int At, bool IsWeekday)> Dates(string text, DateOnly today)
    {
        var dates = new List<(DateOnly Date, int At, bool IsWeekday)>();
        foreach (var match in Iso().Matches(text).Concat(DayMonth.Matches(text)).Concat(MonthDay.Matches(text)))
        {
            var month = match.Groups["m"].Value;
            if (Of(Number(match, "y"), char.IsAsciiDigit(month[0]) ? int.Parse(month, CultureInfo.InvariantCulture) : MonthOf(month), Number(match, "d") ?? 0, today) is { } date)
            {
                dates.Add((date, match.Index, false));
            }
        }
        foreach (Match match in Numbers().Matches(text))
        {
            var (first, second, year) = (Number(match, "a") ?? 0, Number(match, "b") ?? 0, Number(match, "y") is { } y ? y < 100 ? 2000 + y : y : (int?)null);
            // Day first, as most of the world writes; with a slash Americans mean the month. Where both are days to come, the nearer one: a call too early does less harm.
            DateOnly?[] both = match.Groups["s"].Value == "/" ? [Of(year, second, first, today), Of(year, first, second, today)] : [Of(year, second, first, today)];
            if (both.OfType<DateOnly>().Where(d => d >= today).DefaultIfEmpty().Min() is { } date && date != default)
            {
                dates.Add((date, match.Index, false));
            }
        }
        foreach (Match match in Weekday.Matches(text))
        {
            var day = Enumerable.Range(0, 7).First(i => match.Groups[$"w{i}"].Success);
            dates.Add((today.AddDays((((day - (int)today.DayOfWeek) + 6) % 7) + 1), match.Index, true));
        }
        return dates;
    }

    static int? Number(Match match, string group) => match.Groups[group] is { Success: true } g ? int.Parse(g.Value, CultureInfo.InvariantCulture) : null;

    static int MonthOf(string name) => Array.FindIndex(Months, m => m.Split('|').Contains(name, StringComparer.OrdinalIgnoreCase)) + 1;

    static DateOnly? Of(int? year, int month, int day, DateOnly today)
    {
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year ?? 2024, month))
        {
            return null;
        }
        if (year is { } given)
        {
            return new(given, month, day);
        }
        // 29 February of a year that has none is the 28th.
        DateOnly In(int y) => new(y, month, Math.Min(day, DateTime.DaysInMonth(y, month)));
        return In(today.Year) >= today ? In(today.Year) : In(today.Year + 1);
    }

    [GeneratedRegex(@"(?<!\d)(?<y>20\d\d)-(?<m>[01]\d)-(?<d>[0-3]\d)(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(@"(?<![\d./-])(?<a>[0-3]?\d)(?<s>[./-])(?<b>[0-3]?\d)(?:\k<s>(?<y>20\d\d|\d\d)|\k<s>(?!\d)|(?<=/\d{1,2}))(?![\d/])", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b(until|till?|through|thru|back|return\w*|to|bis|zurück|wieder|erreichbar|ab|jusqu'?(?:au|à)?|retour|reviens|rentr\w*|à partir du|hasta|vuelv\w*|regres\w*|volver\w*|fino a\w*|al|rientr\w*|torn\w*|tot|t/m|terug|vanaf|até|volt\w*|retorn\w*|do|powr\w*|wrac\w*|od|till|tillbaka|åter|til|tilbage|tilbake)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Says();
}
