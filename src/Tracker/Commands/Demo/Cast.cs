namespace Tracker.Commands.Demo;

sealed record DemoRep(string Email, string Name)
{
    public string FirstName => Name.Split(' ')[0];
}

/// <param name="Phone">From the ranges set aside for fiction: Ofcom's (UK), the Bundesnetzagentur's (Germany), 555-01xx (US).</param>
sealed record DemoProspect(string Email, string Name, string Company, string Phone);

/// <param name="Link">Last part of the address on example.com.</param>
sealed record DemoLink(string Label, string Link);

/// <param name="SentMinutesAgo">Nearly an hour: seconds after sending even a real person cannot be told from a scanner. One is fresh, to show just that.</param>
sealed record DemoMail(DemoRep From, DemoProspect[] To, string Subject, string Text, double SentMinutesAgo, params DemoLink[] Links);

/// <summary>Who is in the day, and what was sent to them that morning. Names are made up, domains reserved (RFC 2606).</summary>
static class Cast
{
    public static readonly DemoRep Rita = new("rita@larkfield.example", "Rita Vance"), Sam = new("sam@larkfield.example", "Sam Okafor"), Mei = new("mei@larkfield.example", "Mei Tanaka");

    public static readonly DemoProspect
        Paul = new("paul.bergmann@bergmann-logistik.example", "Paul Bergmann", "Bergmann Logistik", "+49 30 23125 117"),
        Anja = new("anja.weiss@bergmann-logistik.example", "Anja Weiss", "Bergmann Logistik", "+49 30 23125 142"),
        Olivia = new("olivia@harbourfinch.example", "Olivia Finch", "Harbour & Finch", "+44 20 7946 0312"),
        Tom = new("tom.adeyemi@harbourfinch.example", "Tom Adeyemi", "Harbour & Finch", "+44 20 7946 0355"),
        Ingrid = new("ingrid@halvorsenfoods.example", "Ingrid Halvorsen", "Halvorsen Foods", "+1 612 555 0142"),
        Lars = new("lars.dahl@halvorsenfoods.example", "Lars Dahl", "Halvorsen Foods", "+1 612 555 0178"),
        Priya = new("priya.raman@callowayclinics.example", "Priya Raman", "Calloway Clinics", "+44 1632 960 204"),
        Ben = new("ben@callowayclinics.example", "Ben Calloway", "Calloway Clinics", "+44 1632 960 118"),
        Helen = new("helen.tregear@trescoprint.example", "Helen Tregear", "Tresco Print", "+44 1632 960 733"),
        Marc = new("marc.dubois@trescoprint.example", "Marc Dubois", "Tresco Print", "+44 1632 960 751");

    public static readonly DemoRep[] Reps = [Rita, Sam, Mei];
    public static readonly DemoProspect[] Prospects = [Paul, Anja, Olivia, Tom, Ingrid, Lars, Priya, Ben, Helen, Marc];

    static readonly DemoLink Pricing = new("Pricing", "pricing"), Demo = new("Book 20 minutes", "book"), Security = new("Security answers", "security"),
        Reference = new("Reference", "references/cold-chain");

    public static readonly DemoMail[] Mails =
    [
        new(Rita, [Paul, Anja], "Proposal: one schedule for your three depots", "as promised, our proposal for Hamburg, Leipzig and Kassel, with the prices we spoke about.", 52,
            new("The proposal", "proposals/bergmann.pdf"), Pricing, new("How Ostrow Freight did it", "references/ostrow"), Demo),
        new(Rita, [Olivia], "Pricing for 40 seats, as discussed", "here is the price for 40 seats, and what changes from 60 on.", 47, Pricing, new("What is in each plan", "plans"), Demo),
        new(Sam, [Tom], "Your questions on security", "our answers to your eleven questions are ready, and last year's audit report with them.", 44,
            Security, new("Audit report", "audit.pdf"), new("Where data is kept", "hosting"), Demo),
        new(Sam, [Ingrid], "A cold-chain reference, and the numbers", "you asked who else ships frozen with us. They are glad to talk to you.", 41, Reference, Pricing),
        new(Mei, [Lars], "Draft contract for the pilot", "the draft for the six-week pilot. Comments welcome in any form.", 1.5, new("Draft contract", "contracts/pilot.pdf"), new("Pilot plan", "pilot"), Demo),
        new(Mei, [Priya], "Rota planning for four clinics", "a proposal for four clinics, and the one-page summary for your board.", 49, new("The proposal", "proposals/calloway.pdf"), new("Board summary", "board"), Pricing),
        new(Mei, [Ben], "The invoice question", "the split per clinic works, and this is what an invoice would look like.", 38, new("Sample invoice", "invoice.pdf"), Pricing),
        new(Sam, [Helen], "Contract, ready to sign", "with the change to clause 4 that you asked for.", 45, new("Contract", "contracts/tresco.pdf"), Security),
        new(Rita, [Marc], "Did the trial answer your question?", "your trial ends on Friday. Is there anything you could not try?", 55, new("Extend the trial", "trial"), Pricing),
        new(Rita, [Anja], "Framework agreement, your copy", "the framework agreement for purchasing, with the discount table.", 43, new("Framework agreement", "contracts/framework.pdf"), new("Discount table", "discounts")),
    ];
}
