using System.CommandLine;
using Tracker.Outbound;
using Tracker.Web;

namespace Tracker.Commands;

/// <summary>The options of the command line by which a message or a rep wishes what is put into mail.</summary>
sealed class OutboundOptionArguments
{
    readonly Option<string?> _track = new("--track") { Description = $"What is tracked: {string.Join(", ", OutboundOptions.Tracks)}.", HelpName = "WHAT" };
    readonly Option<bool?> _plainText = new("--plain-text-links") { Description = "Track the links of the plain-text part too: true or false.", HelpName = "true|false", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<bool?> _calendar = new("--calendar-invites") { Description = "Track the covering text of calendar invitations too: true or false.", HelpName = "true|false", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> _footer = new("--opt-out-footer") { Description = "Text of a link to the recipient's opt-out page at the end of the HTML; '' for none.", HelpName = "TEXT" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _track, _plainText, _calendar, _footer })
        {
            command.Add(option);
        }
    }

    /// <exception cref="CommandException">A wish can't be met.</exception>
    public OutboundOptions Read(ParseResult parsed, string? trackingUrl = null) => CommandException.Or(() => new OutboundOptions
    {
        Track = parsed.GetValue(_track), PlainTextLinks = Flag(parsed, _plainText), CalendarInvites = Flag(parsed, _calendar),
        OptOutFooter = parsed.GetValue(_footer), TrackingUrl = trackingUrl,
    }.Checked());

    /// <summary>The bare option means true.</summary>
    static bool? Flag(ParseResult parsed, Option<bool?> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option) ?? true;
}
