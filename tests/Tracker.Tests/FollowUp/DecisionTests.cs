using CsCheck;
using Tracker.Domain.FollowUp;

namespace Tracker.Tests.FollowUp;

public sealed class DecisionTests
{
    // A Tuesday.
    static readonly DateTimeOffset Now = new(2026, 3, 3, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_stage_that_is_not_closed_owes_something_with_a_date()
    {
        foreach (var stage in Enum.GetValues<Stage>().Where(s => !Stages.IsClosed(s)))
        {
            var owed = Stages.Owed(stage, Now, null)!;
            Assert.True(owed.At > Now, stage.ToString());
            Assert.NotEmpty(owed.Reason);
        }
        Assert.Equal(Stages.All.Select(s => s.Stage), Enum.GetValues<Stage>());
    }

    [Theory]
    [InlineData(Stage.Lost, null, false, true)]
    [InlineData(Stage.Lost, null, true, false)]
    [InlineData(Stage.Lost, 30, false, false)]
    [InlineData(Stage.Lost, -1, false, true)]
    [InlineData(Stage.NotNow, null, true, true)]
    [InlineData(Stage.NotNow, 30, false, false)]
    [InlineData(Stage.Won, null, false, false)]
    public void A_no_needs_a_date_or_never_and_a_not_now_a_date(Stage to, int? days, bool never, bool refused) =>
        Assert.Equal(refused, Stages.WhyNot(to, false, days is { } d ? Now.AddDays(d) : null, never, Now) is not null);

    [Fact]
    public void An_agreed_date_outranks_the_usual_days()
    {
        Assert.Equal(Now.AddDays(9), Stages.Owed(Stage.ProposalSent, Now, Now.AddDays(9))!.At);
        Assert.Equal(new NextStep("email", Now.AddDays(1), "confirm the meeting and what it is for"), Stages.Owed(Stage.MeetingAgreed, Now, Now.AddDays(7)));
        Assert.Equal("meeting", Stages.Owed(Stage.MeetingAgreed, Now, Now.AddHours(5))!.Kind);
        Assert.Null(Stages.Owed(Stage.Lost, Now, null));
    }

    [Theory]
    [InlineData(Stage.ProposalSent, 6, null, 0, true)]
    [InlineData(Stage.ProposalSent, 5, null, 0, false)]
    [InlineData(Stage.ProposalSent, 20, 2, 0, false)]
    [InlineData(Stage.ProposalSent, 20, 6, 0, true)]
    [InlineData(Stage.ProposalSent, 1, 1, 3, true)]
    [InlineData(Stage.ProposalSent, 1, 1, 2, false)]
    [InlineData(Stage.Lost, 90, 90, 9, false)]
    public void Who_waits_for_the_customer_is_shown_it(Stage stage, int daysInStage, int? daysSinceTouch, int moved, bool waits) =>
        Assert.Equal(waits, Waiting.OnThem(stage, Now.AddDays(-daysInStage), daysSinceTouch is { } d ? Now.AddDays(-d) : null, moved, Now) is not null);

    static SituationFacts Facts(params PastTouch[] past) => new() { Now = Now, Past = past };

    static PastTouch Past(TouchKind kind, double daysAgo, bool answered = false) => new(kind, Now.AddDays(-daysAgo), answered);

    public static TheoryData<string, SituationFacts> SituationTable => new()
    {
        { "metNoNextStep", Facts() with { Stage = Stage.Met } },
        { "proposalSent", Facts() with { Stage = Stage.ProposalSent, StageSince = Now.AddDays(-9), HasNextStep = true } },
        { "coldCallVoicemail", Facts(Past(TouchKind.Voicemail, 1), Past(TouchKind.Call, 3)) with { Stage = Stage.Lead, HasNextStep = true } },
        { "coldMail", Facts(Past(TouchKind.Email, 3)) with { Stage = Stage.Lead, HasNextStep = true, MailsSent = 1 } },
        { "manyMails", Facts(Past(TouchKind.Email, 3)) with { MailsSent = 212 } },
        { "conference", Facts(Past(TouchKind.Email, 3)) with { Template = "conference" } },
        { "vanished", Facts(Past(TouchKind.Email, 3), Past(TouchKind.Call, 9), Past(TouchKind.Call, 40, answered: true)) with { EverAnswered = true, LastReadAt = Now.AddDays(-38) } },
    };

    [Theory]
    [MemberData(nameof(SituationTable))]
    public void Each_of_the_seven_situations_has_a_diagnosis_and_a_way_out(string key, SituationFacts facts)
    {
        var situation = Situations.Of(facts);
        Assert.Equal(key, situation?.Key);
        Assert.NotEmpty(situation!.Diagnosis);
        Assert.NotEmpty(situation.WayOut);
    }

    [Fact]
    public void Who_is_in_none_of_them_is_left_alone() =>
        Assert.Null(Situations.Of(Facts(Past(TouchKind.Call, 2, answered: true)) with { Stage = Stage.ItemsAsked, HasNextStep = true, EverAnswered = true, LastReadAt = Now.AddDays(-1) }));

    [Theory]
    [InlineData("revival", "it has been a while")]
    [InlineData("referral", "Olaf thought")]
    [InlineData("items", "the floor plan")]
    [InlineData("agreed", "we said that we would speak today")]
    [InlineData("notNow", "you asked me to come back")]
    [InlineData("willCallUs", "I thought I would call you")]
    [InlineData("answer", "thank you for your mail")]
    [InlineData("objection", "the price")]
    [InlineData("interest", "Pricing")]
    [InlineData("proposal", "go through the proposal")]
    [InlineData("reason", "a new version")]
    [InlineData("nothing", "just thinking of you")]
    public void An_opening_line_is_made_of_the_most_telling_fact(string fact, string expected)
    {
        var facts = new OpeningFacts("Paul Prospect", "Customer Ltd");
        facts = fact switch
        {
            "revival" => facts with { IsRevival = true, Interest = "Pricing" },
            "referral" => facts with { Referrer = "Olaf", Interest = "Pricing" },
            "items" => facts with { OpenItems = "the floor plan", Objection = "price" },
            "objection" => facts with { Objection = "price", Interest = "Pricing" },
            "interest" => facts with { Interest = "Pricing", Reason = "a new version" },
            "proposal" => facts with { IsProposal = true },
            "agreed" or "notNow" or "willCallUs" or "answer" => facts with { Occasion = fact, Objection = "price" },
            "reason" => facts with { Reason = "a new version" },
            _ => facts,
        };
        var line = OpeningLines.Of(facts, [.. ShippedBanks.All.Where(t => t.Bank == ShippedBanks.Openings)]);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.StartsWith("Hello Paul, ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("{", line, StringComparison.Ordinal);
    }

    static readonly IReadOnlyList<BankText> Openings = [.. ShippedBanks.All.Where(t => t.Bank == ShippedBanks.Openings)];

    [Fact]
    public void A_reason_is_said_as_it_would_be_said_to_them()
    {
        Assert.Equal("Hello Paul, it is about how a customer like you did it. Do you have three minutes?", OpeningLines.Of(new("Paul Prospect", null, Reason: "how a customer like them did it"), Openings));
        Assert.Equal("Hello Paul, it is about your budget for next year. Do you have three minutes?", OpeningLines.Of(new("Paul", null, Reason: "Their budget for next year."), Openings));
        // What ships reads well after "it is about": it names a thing, and the rep is not "you" in it.
        var said = PlanTemplates.All.SelectMany(t => t.Touches).Where(t => t.Kind is TouchKind.Call or TouchKind.Email or TouchKind.Voicemail or TouchKind.Meeting or TouchKind.Visit).Select(t => t.Reason)
            .Concat(ShippedBanks.All.Where(b => b.Bank == ShippedBanks.Reasons).Select(b => b.Text));
        Assert.All(said, reason => Assert.False(reason.Split(' ')[0] is "thank" or "ask" or "answer" or "go" or "confirm" or "is" or "did" || reason.Split(' ').Contains("you") || reason.EndsWith('?'), reason));
    }

    [Theory]
    [InlineData("the demo", "agreed")]
    [InlineData("they said not now", "notNow")]
    [InlineData("they said they would call; if not, it falls to us", "willCallUs")]
    [InlineData("no answer yet", null)]
    [InlineData("follow up on the voicemail", null)]
    public void What_was_agreed_is_gone_back_to_and_what_was_only_filled_in_is_not(string reason, string? occasion) => Assert.Equal(occasion, OpeningLines.OccasionOf(reason));

    [Fact]
    public void Every_reason_that_an_outcome_fills_in_is_known_as_such() =>
        Assert.All(Enum.GetValues<Outcome>().Where(o => o != Outcome.Stop), o => Assert.Contains(NextSteps.Default(o, Now).Reason, NextSteps.FilledIn));

    static readonly Gen<string?> Texts = Gen.OneOf(Gen.Const((string?)null), Gen.String[0, 20].Select(s => (string?)s), Gen.Int[0, ShippedBanks.NeverSaid.Count - 1].Select(i => (string?)$"I {ShippedBanks.NeverSaid[i]} it"));

    [Fact]
    public void No_line_ever_says_that_we_watch_whatever_was_typed() => Gen.Select(Texts, Texts, Texts, Texts, Gen.Bool.Array[2], Gen.Int[0, OpeningLines.Occasions.Count]).Sample((name, interest, reason, items, flags, occasion) =>
        OpeningLines.WhyNot(OpeningLines.Of(new(name, interest, interest, null, reason, items, name, flags[0], flags[1], OpeningLines.Occasions.ElementAtOrDefault(occasion)), Openings)) is null, iter: 5_000);

    [Fact]
    public void No_line_says_that_we_watch()
    {
        Assert.All(ShippedBanks.All.Where(t => t.Bank == ShippedBanks.Openings), t => Assert.Null(OpeningLines.WhyNot(t.Text)));
        Assert.NotNull(OpeningLines.WhyNot("Hello {name}, I saw you opened my mail"));
        Assert.NotNull(OpeningLines.WhyNot("I see You Clicked on the link"));
    }

    [Fact]
    public void The_call_list_is_ordered_by_section_then_urgency_heat_and_value()
    {
        CallEntry Entry(CallSection section, double daysLate, double heat, double value, long id) => new(section, Now.AddDays(-daysLate), heat, value, id);
        CallEntry[] expected =
        [
            Entry(CallSection.Live, 0, 1, 0, 1), Entry(CallSection.Missed, 1, 9, 0, 2), Entry(CallSection.Missed, 2, 3, 0, 3), Entry(CallSection.Owed, 8, 0, 0, 4), Entry(CallSection.Owed, 4, 0, 0, 5),
            Entry(CallSection.Owed, 0.1, 7, 10, 6), Entry(CallSection.Owed, 0.1, 2, 900, 7), Entry(CallSection.Owed, 0.1, 2, 800, 8), Entry(CallSection.Reading, 0, 99, 0, 9),
        ];
        var shuffled = expected.OrderBy(e => e.Id * 7 % 10).ToList();
        shuffled.Sort((a, b) => CallList.Compare(a, b, Now));
        Assert.Equal(expected, shuffled);
    }

    [Fact]
    public void The_order_is_a_total_one() => Gen.Select(Gen.Enum<CallSection>(), Gen.Double[0, 20], Gen.Double[0, 5], Gen.Int[0, 3], (s, d, h, v) => new CallEntry(s, Now.AddDays(-d), h, v, v)).Array[3].Sample(e =>
    {
        var (ab, ba, bc, ac) = (CallList.Compare(e[0], e[1], Now), CallList.Compare(e[1], e[0], Now), CallList.Compare(e[1], e[2], Now), CallList.Compare(e[0], e[2], Now));
        Assert.Equal(Math.Sign(ab), -Math.Sign(ba));
        Assert.True(ab > 0 || bc > 0 || ac <= 0);
    }, iter: 20_000);

    [Theory]
    [InlineData(new double[] { 5 }, 5, 5)]
    [InlineData(new double[] { 1, 2, 3, 4 }, 2.5, 4)]
    [InlineData(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 100 }, 5.5, 9)]
    public void Median_and_ninetieth_percentile(double[] values, double median, double p90) => Assert.Equal((median, p90), (Quantiles.Median(values), Quantiles.At(values, 0.9)));

    [Theory]
    [InlineData("Are you ready?", true)]
    [InlineData("just checking in", true)]
    [InlineData("a new price", false)]
    [InlineData(null, true)]
    public void Are_you_ready_is_no_reason(string? reason, bool none) => Assert.Equal(none, ReasonRules.IsCheckIn(TouchKind.Email, reason));
}
