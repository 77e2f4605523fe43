using System.Text.Json.Nodes;
using Tracker.Tests.Support;

namespace Tracker.Tests.Commands;

/// <summary>The verbs, as a person or a script calls them.</summary>
public sealed class VerbTests : CommandTests
{
    [Fact]
    public async Task A_rep_is_added_once_and_data_is_under_the_callers_folder()
    {
        var first = await OutAsync("reps", "add", "Rita@Example.com", "--name", "Rita Rep");
        Assert.StartsWith("rita@example.com (Rita Rep) added.", first, StringComparison.Ordinal);
        Assert.Contains("http://localhost:5080/", first, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Folder, "data", "tracker.db")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Folder, "data")));
        }
        var second = await OutAsync("reps", "add", "rita@example.com", "--name", "Another Name", "--admin");
        Assert.StartsWith("rita@example.com (Another Name) is there already; the name was Rita Rep; now administrator.", second, StringComparison.Ordinal);
        var third = await OutAsync("reps", "add", "rita@example.com", "--name", "Another Name");
        Assert.StartsWith("rita@example.com (Another Name) is there already.", third, StringComparison.Ordinal);
        Assert.Equal("rita@example.com\tAnother Name\tadmin\n", await OutAsync("reps", "list"));
        Assert.Contains("is not one mail address", (await RunAsync("reps", "add", "nonsense", "--name", "N")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_stands_alone_on_standard_output_and_is_shown_once()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var key = await OutAsync("keys", "create", "--name", "crm", "--scope", "send", "--scope", "read", "--rep", "rita@example.com");
        Assert.Matches("^trk_[A-Za-z0-9_-]{20,}\n$", key);
        var list = await OutAsync("keys", "list");
        Assert.DoesNotContain(key.Trim(), list, StringComparison.Ordinal);
        Assert.Contains("crm", list, StringComparison.Ordinal);
        Assert.Equal("Key 1 is revoked.\n", await OutAsync("keys", "revoke", "1"));
        Assert.Equal(1, (await RunAsync("keys", "revoke", "1")).Code);
    }

    [Fact]
    public async Task An_unknown_rep_is_named_with_what_to_do()
    {
        foreach (var arguments in new[] { new[] { "keys", "create", "--name", "n", "--scope", "send", "--rep", "x@example.com" }, ["instrument", "-", "--rep", "x@example.com"] })
        {
            var ended = await TrackerProcess.RunAsync(Folder, Mails.Proposal(), arguments);
            Assert.Equal((1, ""), (ended.Code, ended.Out));
            Assert.Equal("There is no rep 'x@example.com'. Add it first: tracker reps add x@example.com --name NAME\n", ended.Error);
        }
    }

    [Fact]
    public async Task Instrument_writes_the_copies_and_reports_as_json()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var mail = Path.Combine(Folder, "offer.eml");
        await File.WriteAllTextAsync(mail, Mails.Proposal("Paul <paul@customer.example>, Olga <olga@other.example>"), Ct);

        var several = await RunAsync("instrument", mail, "--rep", "rita@example.com");
        Assert.Equal(1, several.Code);
        Assert.Contains("--out FOLDER", several.Error, StringComparison.Ordinal);

        var filed = await RunAsync("instrument", "offer.eml", "--rep", "rita@example.com", "--out", "copies", "--sent-at", "2026-03-02T09:30:00Z");
        Assert.True(filed.Code == 0, filed.Error);
        Assert.Equal("", filed.Out);
        Assert.Equal(["01-paul@customer.example.eml", "02-olga@other.example.eml"], Directory.GetFiles(Path.Combine(Folder, "copies")).Select(Path.GetFileName).Order());
        var report = JsonNode.Parse(filed.Error)!;
        Assert.StartsWith("2026-03-02T09:30:00", report.Text("sentAt"), StringComparison.Ordinal);
        Assert.True((bool)report.At("copies", 0, "links", 0, "tracked")!);
        Assert.Contains(report.Text("copies", 0, "openUrl"), await File.ReadAllTextAsync(Path.Combine(Folder, "copies", "01-paul@customer.example.eml"), Ct), StringComparison.Ordinal);

        foreach (var arguments in new[] { new[] { "instrument", "--rep", "rita@example.com" }, ["instrument", "-", "--rep", "rita@example.com"] })
        {
            var piped = await TrackerProcess.RunAsync(Folder, Mails.Proposal(), arguments);
            Assert.True(piped.Code == 0, piped.Error);
            Assert.StartsWith("From: Rita Rep", piped.Out, StringComparison.Ordinal);
            Assert.Contains(JsonNode.Parse(piped.Error)!.Text("copies", 0, "openUrl"), piped.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Instrument_puts_in_what_is_wished_by_the_message_and_by_the_rep()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        Assert.Equal("""{"track":"opens","plainTextLinks":null,"calendarInvites":true,"optOutFooter":"No thanks","trackingUrl":"http://t.localhost:1"}""" + "\n",
            await OutAsync("reps", "options", "rita@example.com", "--track", "opens", "--calendar-invites", "--opt-out-footer", "No thanks", "--tracking-url", "http://t.localhost:1/"));
        var wished = await TrackerProcess.RunAsync(Folder, Mails.Proposal(), "instrument", "--rep", "rita@example.com");
        Assert.Contains(">No thanks</a></p><img src=", wished.Out, StringComparison.Ordinal);
        var report = JsonNode.Parse(wished.Error)!;
        Assert.StartsWith("http://t.localhost:1/o/", report.Text("copies", 0, "openUrl"), StringComparison.Ordinal);
        Assert.Equal("2 links: 0 tracked, 2 not: link tracking is off for this mail", report.Text("copies", 0, "summary"));

        var message = JsonNode.Parse((await TrackerProcess.RunAsync(Folder, Mails.Proposal(), "instrument", "--rep", "rita@example.com", "--track", "clicks", "--opt-out-footer", "")).Error)!;
        Assert.Equal("2 links: all tracked", message.Text("copies", 0, "summary"));
        Assert.Equal("""{"track":"clicks","plainTextLinks":false,"calendarInvites":true,"optOutFooter":"","trackingUrl":"http://t.localhost:1"}""", message["options"]!.ToJsonString());

        Assert.Equal("""{"track":null,"plainTextLinks":null,"calendarInvites":null,"optOutFooter":null,"trackingUrl":null}""" + "\n", await OutAsync("reps", "options", "rita@example.com", "--clear"));
        var wrong = await RunAsync("instrument", "-", "--rep", "rita@example.com", "--track", "never");
        Assert.Equal((1, "'track' is 'never'. It takes one of: both, opens, clicks, off.\n"), (wrong.Code, wrong.Error));
        Assert.Contains("Tracker:UnknownConsent", (await RunAsync("reps", "options", "rita@example.com", "--tracking-url", "https://t.example.com")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no recipient", "Subject: x\r\n\r\nhello")]
    [InlineData("nothing at all", "")]
    public async Task A_mail_that_cannot_be_copied_is_refused_in_a_sentence(string what, string mail)
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var ended = await TrackerProcess.RunAsync(Folder, mail, "instrument", "-", "--rep", "rita@example.com");
        Assert.True(ended.Code == 1, what);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        var missing = await RunAsync("instrument", "missing.eml", "--rep", "rita@example.com");
        Assert.Equal(1, missing.Code);
        Assert.Contains("missing.eml", missing.Error, StringComparison.Ordinal);
        var wrong = await TrackerProcess.RunAsync(Folder, Mails.Proposal(), "instrument", "-", "--rep", "rita@example.com", "--sent-at", "yesterday");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("2026-03-02T09:30:00Z", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "serve demo reps keys instrument doctor --Tracker:DataFolder")]
    [InlineData("serve", "listens")]
    [InlineData("demo", "sales day")]
    [InlineData("reps add", "EMAIL --name --admin sign-in link")]
    [InlineData("reps list", "Lists")]
    [InlineData("reps options", "EMAIL --track --plain-text-links --calendar-invites --opt-out-footer --tracking-url --clear")]
    [InlineData("keys create", "--name --scope --rep send|read|admin")]
    [InlineData("keys list", "Lists")]
    [InlineData("keys revoke", "ID")]
    [InlineData("instrument", "FILE --rep --out --sent-at --track --plain-text-links --calendar-invites --opt-out-footer standard error")]
    [InlineData("doctor", "Checks")]
    public async Task Help_names_every_option(string verb, string words)
    {
        var help = string.Join(' ', (await OutAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.All(verb is "serve" or "demo" ? [words] : words.Split(' '), word => Assert.Contains(word, help, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(Folder, "data")));
    }
}
