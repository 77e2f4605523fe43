using System.Text;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Inbound;

/// <summary>Mail piped to the command, as a mail server does.</summary>
public sealed class InboundCommandTests : CommandTests
{
    [Fact]
    public async Task Somebody_elses_mail_is_taken_and_trouble_asks_the_mail_server_to_keep_it()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var mail = "From: a@b.example\r\nTo: rita@example.com\r\nSubject: x\r\n\r\nhi\r\n";
        var taken = await TrackerProcess.RunAsync(Folder, mail, "inbound");
        Assert.True(taken.Code == 0, taken.Error);
        Assert.Contains("of no mail that was sent from here", taken.Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Folder, "data", "tracker.db"), "this is no database, but long enough to look like a damaged one".PadRight(4096), Encoding.ASCII, Ct);
        Assert.Equal(75, (await TrackerProcess.RunAsync(Folder, mail, "inbound")).Code);
        Assert.Equal(75, (await TrackerProcess.RunAsync(Folder, mail, "inbound", "--Tracker:NoSuchSetting=1")).Code);
    }
}
