namespace Tracker.Web;

/// <summary>What is shown at /swagger for follow-up. Tests send the requests to a running server and compare the answers' fields with real ones.</summary>
static class OpenApiFollowUpExamples
{
    const string Plan = """
        {"id":"1","prospectId":"1","dealId":"1","template":"proposalSent","name":"Proposal sent","state":"running","cycleDays":60,"startedAt":"2026-03-02T21:15:25.706Z","pausedUntil":null,
        "pauseReason":null,"endedAt":null,"endReason":null,"touches":[{"id":"1","plannedKind":"email","plannedAt":"2026-03-03T21:15:25.706Z","kind":"email","also":null,
        "dueAt":"2026-03-03T21:15:25.706Z","reason":"the proposal in three sentences, with the date of the review","state":"planned","changed":null,"touchId":null,"doneKind":null,
        "doneOutcome":null,"doneAt":null}],"insights":[{"id":"1","who":"Olaf Other","said":"Paul decides before the summer.","at":"2026-03-02T21:15:25.635Z"}],"reasonsLeft":15,"readyReasons":["something new about the pricing"],
        "offer":"none","offerText":null,"advice":"as planned"}
        """;

    const string Deal = """
        {"deal":{"id":"1","prospectId":"1","email":"paul@customer.example","name":"Paul Prospect","company":"customer.example","rep":"rita@example.com","title":"Ten seats","value":5200,
        "stage":"proposalSent","stageLabel":"Proposal sent","stageSince":"2026-03-02T21:15:25.489Z","meetingAt":null,"reviewAt":"2026-03-04T21:15:21.000Z","chasing":false,
        "askAgainAt":null,"closingReason":null,"createdAt":"2026-03-02T21:15:25.318Z","closedAt":null,"minutes":0,"touches":0},"moves":[{"from":null,"to":"met",
        "at":"2026-03-02T21:15:25.318Z","reason":null,"reviewSkipped":false,"note":null}],"owed":[{"id":"3","kind":"call","reason":"go through the proposal with them",
        "dueAt":"2026-03-04T21:15:21.000Z","promptId":null,"source":"stage","moved":0}],"waitingOnThem":null,"suggestedPlan":"proposalSent","planId":null,"givingUp":[]}
        """;

    const string Standing = """
        {"prospectId":"1","state":"live","until":null,"stateReason":null,"answeredAt":"2026-03-02T21:15:26.072Z","awayUntil":null,"mailFails":false,"objection":"price",
        "factFind":"matchBut","callTime":{"text":"agreed with them: Tuesday, Thursday, 10:00 to 11:30 their time","source":"agreed","sample":0,"openNow":false,
        "nextAt":"2026-03-04T09:00:00.000Z"},"advice":{"level":"holdBack","rule":"outside-hours",
        "text":"Outside their hours: make it the first call once those begin. Mail need not wait.","instead":"email","notBefore":"2026-03-04T09:00:00.000Z"},
        "situation":null,"waitingOnThem":null,"deal":{"id":"1","prospectId":"1","email":"paul@customer.example","name":"Paul Prospect","company":"customer.example",
        "rep":"rita@example.com","title":"Ten seats","value":5200,"stage":"proposalSent","stageLabel":"Proposal sent","stageSince":"2026-03-02T21:15:25.489Z","meetingAt":null,
        "reviewAt":"2026-03-04T21:15:21.000Z","chasing":false,"askAgainAt":null,"closingReason":null,"createdAt":"2026-03-02T21:15:25.318Z","closedAt":null,"minutes":12,"touches":2},
        "planId":"1","owed":[{"id":"3","kind":"call","reason":"go through the proposal with them","dueAt":"2026-03-04T21:15:21.000Z","promptId":null,"source":"stage","moved":0}],
        "interests":["the pricing"],"effort":{"minutes":12,"touches":2,"value":5200}}
        """;

    const string BankText = """
        {"id":"44","bank":"openings","topic":"general","text":"Hello {name}, a quick question about {company}.","shipped":false,"used":0,"worked":0}
        """;

    const string Hours = """
        {"timeZone":"Europe/Berlin","hours":[{"day":"monday","from":"08:30","to":"17:00"}],"daysOff":[{"day":"2026-12-24","label":"Christmas Eve"}]}
        """;

    const string Stage = """
        {"stage":"itemsAsked","label":"Items asked","kind":"call","owes":"ask how the promised items are coming, by phone and by mail","dueDays":5,"usualDays":7,"closed":false,
        "canHide":true,"hidden":false,"plan":"awaitingItems"}
        """;

    const string Item = """
        {"id":"1","name":"The floor plan","after":null,"waits":false,"promisedAt":"2026-03-02T21:15:25.583Z","receivedAt":"2026-03-02T21:15:25.593Z"}
        """;

    const string Referral = """
        {"id":"1","prospectId":"1","email":"paul@customer.example","name":"Paul Prospect","referrer":"Olaf Other","note":null,"at":"2026-03-02T21:15:25.603Z","contactedAt":null,
        "thankedAt":"2026-03-02T21:15:25.613Z"}
        """;

    const string TodayAnswer = """
        {"asOf":"2026-03-02T21:15:25.972Z","rep":"rita@example.com","counts":{"live":1,"missed":0,"owed":0,"reading":0,"waitingOnThem":0,"orphans":0},"items":[{"section":"live",
        "prospectId":"1","email":"paul@customer.example","name":"Paul Prospect","phone":null,"company":"customer.example","heat":4.0,"lastEngagedAt":"2026-03-02T21:15:22.157Z",
        "deal":{"id":"1","title":"Ten seats","stage":"proposalSent","stageLabel":"Proposal sent","value":5200,"minutes":0,"touches":0,"chasing":false},"kind":"call","also":null,
        "dueAt":"2026-03-02T21:15:22.261Z","source":"prompt","reason":"they are thinking about you now","reasons":["first look, now on the “the pricing” link"],"openingLine":"Hello Paul, Olaf Other thought that the two of us should talk.",
        "advice":{"level":"advise","rule":"reading-outside-hours","text":"They are thinking about you, outside the time to call them: make it your first call of 2026-03-04 09:00 UTC, or write now.",
        "instead":"email","notBefore":"2026-03-04T09:00:00.000Z"},"callTime":{"text":"agreed with them: Tuesday, Thursday, 10:00 to 11:30 their time","source":"agreed","sample":0,
        "openNow":false,"nextAt":"2026-03-04T09:00:00.000Z"},"situation":null,"objection":null,"factFind":null,"interests":["the pricing"],"openItems":[],"plan":{"id":"1",
        "template":"proposalSent","name":"Proposal sent","state":"running","touchId":null,"offer":"none"},"promptId":"1","obligationId":null,"moved":0,"waitingOnThem":null}],
        "waitingOnThem":[],"orphans":[]}
        """;

    const string ListDealsAnswer = """
        {"items":[{"id":"2","prospectId":"2","email":"nina@new.example","name":"Nina New","company":"new.example","rep":"rita@example.com","title":null,"value":900,"stage":"meetingAgreed",
        "stageLabel":"Meeting agreed","stageSince":"2026-03-02T21:15:25.425Z","meetingAt":"2026-03-05T21:15:21.000Z","reviewAt":null,"chasing":false,"askAgainAt":null,"closingReason":null,
        "createdAt":"2026-03-02T21:15:25.425Z","closedAt":null,"minutes":0,"touches":0}],"next":null}
        """;

    const string PlanTemplatesAnswer = """
        {"cycleDays":60,"won":0,"isDefault":true,"items":[{"key":"afterMeeting","name":"After the meeting","about":"A note soon after, that says when they will hear from you again; then news at the pace at which they buy.",
        "touches":[{"days":0,"kind":"note","also":null,"reason":"thank them for the meeting, and say when they will hear from you again","anchor":null}],"tail":["call"]}]}
        """;

    const string LogTouchAnswer = """
        {"id":"1","prospectId":"1","kind":"call","outcome":"noAnswer","at":"2026-03-02T21:15:25.985Z","nextStep":{"kind":"email","at":"2026-03-06T09:00:00.000Z",
        "reason":"the answer to what they asked last week"},"filled":"plan","advice":{"level":"advise","rule":"reading-outside-hours","text":"They are thinking about you, outside the time to call them: make it your first call of 2026-03-04 09:00 UTC, or write now.",
        "instead":"email","notBefore":"2026-03-04T09:00:00.000Z"},"givingUp":[],"answers":[]}
        """;

    const string ListTouchesAnswer = """
        {"items":[{"id":"2","prospectId":"1","rep":"rita@example.com","dealId":"1","stage":"proposalSent","number":2,"kind":"call","also":null,"theirs":false,"outcome":"connected",
        "answered":true,"objection":"price","answer":null,"factFind":"matchBut","minutes":12,"note":null,"reason":null,"override":null,"promptId":null,"at":"2026-03-02T21:15:26.072Z"}],
        "next":null}
        """;

    const string GetAdviceAnswer = """
        {"level":"advise","rule":"reading-outside-hours","text":"They are thinking about you, outside the time to call them: make it your first call of 2026-03-04 09:00 UTC, or write now.",
        "instead":"email","notBefore":"2026-03-04T09:00:00.000Z"}
        """;

    const string ListBankAnswer = """
        {"items":[{"id":"17","bank":"reasons","topic":"budget","text":"their budget for next year is being made","shipped":true,"used":0,"worked":0}],"next":null}
        """;

    const string SignalCallTimesAnswer = """
        {"items":[{"rep":"rita@example.com","calls":1,"medianMinutes":0.1,"p90Minutes":0.1,"missed":0}],"next":null}
        """;

    const string MessageRatesAnswer = """
        {"items":[{"subject":"Our proposal","uses":12,"recipients":40,"read":22,"clicked":9,"readRate":0.6,"clickRate":0.2,"lastUsedAt":"2026-03-02T09:00:00.000Z"}],"next":null}
        """;

    const string EffortAnswer = """
        {"touches":210,"notQualified":18,"notInterested":31,"share":0.2,"overrides":4}
        """;

    const string ObjectionsAnswer = """
        {"items":[{"stage":"proposalSent","stageLabel":"Proposal sent","conversations":24,"objections":[{"objection":"price","count":9,"answered":7,"worked":3}],"factFinds":[{"factFind":"matchBut","count":6}]}],"next":null}
        """;

    const string ImportCsvAnswer = """
        {"imported":true,"dryRun":false,"rows":2,"prospectsAdded":1,"prospectsUpdated":1,"dealsAdded":1,"dealsKept":0,"errors":[]}
        """;

    const string ExportAnswer = """
        {"items":[{"id":"1","email":"paul@customer.example","rep":"rita@example.com","title":"Ten seats","value":"5200.00","stage":"proposalSent","stageSince":"2026-03-02T21:15:25.489Z",
        "meetingAt":null,"reviewAt":"2026-03-04T21:15:21.000Z","reviewSkipped":"0","askAgainAt":null,"closingReason":null,"createdAt":"2026-03-02T21:15:25.318Z","closedAt":null}],
        "next":null}
        """;

    public static readonly IReadOnlyDictionary<string, string> Requests = new Dictionary<string, string>
    {
        ["hideStage"] = """{"hidden":false}""",
        ["createDeal"] = """{"prospect":{"email":"nina@new.example","name":"Nina New","phone":"+49 30 99"},"title":"Ten seats","value":4800,"meetingAt":"2032-03-04T10:00:00Z"}""",
        ["changeDeal"] = """{"value":5200}""",
        ["moveDeal"] = """{"stage":"proposalSent","reviewAt":"2032-03-06T10:00:00Z","note":"They asked for two variants."}""",
        ["startPlan"] = """{"template":"afterMeeting"}""",
        ["addPlanTouch"] = """{"kind":"card","at":"2032-03-09T10:00:00Z","reason":"their anniversary"}""",
        ["changePlanTouch"] = """{"at":"2032-03-08T10:00:00Z","reason":"the answer to what they asked last week"}""",
        ["pausePlan"] = """{"until":"2032-03-15T09:00:00Z","reason":"on holiday"}""",
        ["endPlan"] = """{"reason":"breakUp","askAgainAt":"2032-09-01T09:00:00Z"}""",
        ["logTouch"] = """{"kind":"call","outcome":"connected","objection":"price","minutes":12,"note":"They compare us with two others.","nextStep":{"kind":"call","at":"2032-03-06T10:00:00Z","reason":"the answer about the price"}}""",
        ["parkProspect"] = """{"askAgainAt":"2032-09-01T09:00:00Z","reason":"no budget this year"}""",
        ["agreeCallTime"] = """{"days":["tuesday","thursday"],"from":"10:00","to":"11:30","note":"not before the school run"}""",
        ["addInsight"] = """{"who":"Olaf Other","said":"Paul decides before the summer."}""",
        ["addDate"] = """{"kind":"contractEnd","day":"2032-06-30"}""",
        ["moveObligation"] = """{"to":"2032-03-06T10:00:00Z"}""",
        ["addItem"] = """{"name":"The floor plan"}""",
        ["addReferral"] = """{"referrer":"Olaf Other"}""",
        ["addToBank"] = """{"topic":"newPrice","text":"the price of two seats for one"}""",
        ["changeInBank"] = """{"topic":"newPrice","text":"a price that ends with the month"}""",
        ["putWorkingTime"] = """{"timeZone":"Europe/Berlin","hours":[{"day":"monday","from":"08:30","to":"17:00"},{"day":"friday","from":"08:30","to":"13:00"}],"daysOff":[{"day":"2032-12-24","label":"Christmas Eve"}]}""",
        ["importCsv"] = """{"csv":"email,name,stage,value\r\nanna@customer.example,Anna Able,lead,1200.50\r\n"}""",
    };

    public static readonly IReadOnlyDictionary<string, string> Responses = new Dictionary<string, string>
    {
        ["startPlan"] = Plan, ["getPlan"] = Plan, ["addPlanTouch"] = Plan, ["changePlanTouch"] = Plan, ["skipPlanTouch"] = Plan, ["pausePlan"] = Plan, ["resumePlan"] = Plan, ["endPlan"] = Plan,
        ["createDeal"] = Deal, ["getDeal"] = Deal, ["changeDeal"] = Deal, ["moveDeal"] = Deal,
        ["getFollowUp"] = Standing, ["parkProspect"] = Standing, ["agreeCallTime"] = Standing, ["addInsight"] = Standing, ["addDate"] = Standing, ["moveObligation"] = Standing,
        ["addToBank"] = BankText, ["changeInBank"] = BankText, ["retireFromBank"] = BankText,
        ["getWorkingTime"] = Hours, ["putWorkingTime"] = Hours,
        ["hideStage"] = Stage,
        ["addItem"] = Item, ["receiveItem"] = Item,
        ["addReferral"] = Referral, ["thankReferrer"] = Referral,
        ["today"] = TodayAnswer,
        ["listStages"] = $$"""{"items":[{{Stage}}],"next":null}""",
        ["listDeals"] = ListDealsAnswer,
        ["planTemplates"] = PlanTemplatesAnswer,
        ["listPlans"] = $$"""{"items":[{{Plan}}],"next":null}""",
        ["logTouch"] = LogTouchAnswer,
        ["listTouches"] = ListTouchesAnswer,
        ["getAdvice"] = GetAdviceAnswer,
        ["listItems"] = $$"""{"items":[{{Item}}],"next":null}""",
        ["listReferrals"] = $$"""{"items":[{{Referral}}],"next":null}""",
        ["listBank"] = ListBankAnswer,
        ["signalCallTimes"] = SignalCallTimesAnswer,
        ["messageRates"] = MessageRatesAnswer,
        ["effort"] = EffortAnswer,
        ["objections"] = ObjectionsAnswer,
        ["importCsv"] = ImportCsvAnswer,
        ["export"] = ExportAnswer,
    };

    public static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string>
    {
        ["stage"] = "One of the stages of GET /stages.",
        ["kind"] = "Kind of touch.",
        ["reason"] = "Why, from the reason bank or in own words.",
        ["touchId"] = "Of a planned touch.",
        ["itemId"] = "Of a promised item.",
        ["bank"] = "reasons, answers, openings or overrides.",
        ["what"] = "Name of a table.",
        ["dryRun"] = "True says what would happen and changes nothing.",
    };
}
