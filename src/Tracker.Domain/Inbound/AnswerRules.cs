using System.Text.RegularExpressions;

namespace Tracker.Domain.Inbound;

/// <summary>Tells people's answers from machines'. Sources are in docs/sources-mail.md.</summary>
public static partial class AnswerRules
{
    /// <summary>Robots' addresses: nobody writes from there.</summary>
    static readonly string[] Daemons = ["mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mailerdaemon", "mdaemon", "complaints"];

    static readonly string[] NoReply = ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"];

    /// <param name="localPart">In lower case.</param>
    public static bool IsDaemon(string localPart) => Daemons.Contains(localPart);

    public static AnswerKind Kind(AnswerFacts mail)
    {
        if (mail.ReportType == "delivery-status" && mail.Actions.Count > 0)
        {
            return mail.Actions.Contains("failed") ? AnswerKind.Bounce : mail.Actions.Contains("delayed") ? AnswerKind.Delayed : AnswerKind.None;
        }
        if (mail.ReportType.Length > 0 && mail.ReportType != "delivery-status")
        {
            // Read receipts, abuse reports: not an answer to what was written.
            return AnswerKind.None;
        }
        if (LooksLikeBounce(mail))
        {
            return Temporary().IsMatch(mail.Subject) ? AnswerKind.Delayed : AnswerKind.Bounce;
        }
        var away = AwaySubject().IsMatch(mail.Subject) || AwayPrefix().IsMatch(mail.Subject);
        return IsAutomatic(mail) ? away || AwayText().IsMatch(mail.NewText) ? AnswerKind.Away : AnswerKind.Auto
            // A subject alone counts only as the prefix that mail systems put there; a person may write "Re: out of office days".
            : AwayPrefix().IsMatch(mail.Subject) ? AnswerKind.Away
            : AutoPrefix().IsMatch(mail.Subject) ? AnswerKind.Auto
            : AnswerKind.Reply;
    }

    static bool LooksLikeBounce(AnswerFacts mail) =>
        mail.ReportType == "delivery-status" || mail.NamesFailedRecipients
        || ((Daemons.Contains(mail.FromLocalPart) || mail.HasNullSender) && BounceSubject().IsMatch(mail.Subject) && !AwaySubject().IsMatch(mail.Subject));

    static bool IsAutomatic(AnswerFacts mail) =>
        (mail.AutoSubmitted.Length > 0 && !mail.AutoSubmitted.StartsWith("no", StringComparison.OrdinalIgnoreCase))
        || mail.HasAutoHeader || mail.HasNullSender
        || mail.Precedence.Trim().ToLowerInvariant() is "auto_reply" or "auto-reply" or "bulk" or "junk" or "list"
        || mail.ResponseSuppress.Contains("All", StringComparison.OrdinalIgnoreCase)
        || Daemons.Contains(mail.FromLocalPart) || NoReply.Any(n => mail.FromLocalPart.StartsWith(n, StringComparison.Ordinal));

    // What Exchange and Outlook put in front, by display language, and what Gmail, GroupWise, Notes and vacation(1) write. Only at the beginning.
    [GeneratedRegex(@"^\s*(automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|automatische antwort|abwesenheits(?:notiz|meldung|nachricht|agent)|abwesend|réponse automatique|absence du bureau|absent du bureau|respuesta automática|fuera de (?:la )?oficina|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|niet aanwezig|afwezig(?:heid)?|resposta automática|ausência (?:temporária|do escritório)|automatyczna odpowiedź|odpowiedź automatyczna|poza biurem|nieobecność|autosvar|automatiskt svar|frånvaro|automatisk svar|ikke til stede|fravær|automaattinen vastaus|poissa|automatická odpověď|mimo kancelář|automatická odpoveď|automatikus válasz|răspuns automat|автоматический ответ|автоматична відповідь|otomatik yanıt|αυτόματη απάντηση|自動回覆|自动答复|自動応答|자동 회신)\s*[:：\-–—]?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AwayPrefix();

    [GeneratedRegex(@"(out[ -]of[ -](?:the )?office|\booo\b|\baway (?:from|until)|automatic reply|auto[- ]?reply|on (?:annual |maternity |paternity |parental |sick )?leave|on vacation|on holiday|abwesen|im urlaub|außer haus|automatische antwort|absence|en congé|réponse automatique|fuera de|vacaciones|ausencia|respuesta automática|assenza|fuori (?:sede|ufficio)|in ferie|risposta automatica|afwezig|op vakantie|automatisch antwoord|ausência|de férias|resposta automática|nieobecno|urlop|autosvar|frånvar|semester|fravær|ferie|poissa|lomalla|mimo kancelář|dovolen|szabadság)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AwaySubject();

    [GeneratedRegex(@"(out of (?:the |my )?office|not be (?:reading|checking) my (?:e-?)?mail|away from (?:the|my) (?:office|desk)|on (?:annual |maternity |paternity |parental |sick )?leave|on (?:a )?(?:vacation|holiday)|(?:be|am) (?:back|away|out)\b|return(?:ing)? (?:to|on)|limited access to (?:my )?e-?mail|nicht im (?:büro|haus)|außer haus|im urlaub|abwesen|wieder (?:erreichbar|für sie da|im büro)|elternzeit|absent[e]?\b|en congé|de retour|fuera de (?:la )?oficina|de vacaciones|ausente|regres[oa]|fuori (?:sede|ufficio)|in ferie|assente|rientr|afwezig|op vakantie|niet aanwezig|terug op|de férias|fora do escritório|poza biurem|na urlopie|nieobecn|wracam|på semester|inte på kontoret|på ferie|ikke på kontoret|lomalla|poissa|na dovolené|mimo kancelář|szabadság)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AwayText();

    [GeneratedRegex(@"^\s*(auto(?:matic)?[- ]?(?:acknowledge?ment|confirmation)|we (?:have )?received your (?:request|message|e-?mail)|ticket (?:received|created)|\[?(?:ticket|case|request) ?(?:id|no\.?|#)|eingangsbestätigung|accusé de réception|acuse de recibo|conferma di ricezione|ontvangstbevestiging)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AutoPrefix();

    [GeneratedRegex(@"(undeliver|delivery (?:status|failure|has failed|notification|report|problem)|returned mail|mail (?:delivery )?(?:failed|failure|system error|could not)|failure notice|not delivered|non[- ]?d?eliver|nondeliverable|returning message|could not (?:be )?(?:send|deliver)|message status|warning: |delayed|rejected|unzustellbar|nicht zugestellt|zustellung|non remis|échec|no se (?:ha podido|pudo) entregar|no entregado|mancata consegna|niet bezorgd|não entregue|nie dostarczon|ej levererat|kunne ikke leveres)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BounceSubject();

    [GeneratedRegex(@"(delay|warning|still being retried|not yet been delivered|verzögert|retardé)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Temporary();
}
