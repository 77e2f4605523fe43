using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Domain.Tokens;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;

namespace Tracker.Commands;

/// <summary>Links that are out already, stopped or led elsewhere; beside a running server, which notices within a second.</summary>
public static class LinksCommand
{
    sealed record Options(Argument<string?> Url, Option<string?> Message, Option<string?> Copy, Option<int?> Link, Option<string?> Rep, Option<string?> Host, Option<string?> Reason)
    {
        public static Options Create() => new(
            new("ADDRESS") { Description = "A tracked address, as somebody got it.", Arity = ArgumentArity.ZeroOrOne },
            new("--message") { Description = "All links of a message.", HelpName = "ID" },
            new("--copy") { Description = "All links of one recipient's copy.", HelpName = "ID" },
            new("--link") { Description = "With --message or --copy: one link, by its index from 0.", HelpName = "INDEX" },
            new("--rep") { Description = "All that a rep has sent; nothing of theirs is tracked any more.", HelpName = "EMAIL" },
            new("--host") { Description = "Every link to a destination host and those below it.", HelpName = "HOST" },
            new("--reason") { Description = "Why, for those who look at it later.", HelpName = "TEXT" });

        public Command On(Command command)
        {
            foreach (var option in new Option[] { Message, Copy, Link, Rep, Host, Reason })
            {
                command.Options.Add(option);
            }
            command.Arguments.Add(Url);
            return command;
        }

        public SwitchTarget Target(ParseResult parsed)
        {
            var target = new SwitchTarget(
                parsed.GetValue(Url), parsed.GetValue(Message), parsed.GetValue(Copy), parsed.GetValue(Rep), parsed.GetValue(Host), parsed.GetValue(Link));
            return target.Problem() is { } problem ? throw new CommandException($"Say what is meant by {problem}.") : target;
        }
    }

    public static Command Create(CommandContext context)
    {
        var list = new Command("list", "Lists what is stopped or replaced.");
        list.SetAction((_, _) => List(context));
        var stop = Options.Create();
        var stopping = stop.On(new("stop", "Stops links: whoever follows one gets a page that says so. Hits are recorded all the same."));
        stopping.SetAction((parsed, ct) => SetAsync(context, stop.Target(parsed), null, parsed.GetValue(stop.Reason), ct));
        var replace = Options.Create();
        var with = new Option<string>("--with") { Description = "Where the link leads from now on.", Required = true, HelpName = "ADDRESS" };
        var replacing = replace.On(new("replace", "Leads one link elsewhere, also in mail that is out."));
        replacing.Options.Add(with);
        replacing.SetAction((parsed, ct) => SetAsync(context, replace.Target(parsed), parsed.GetValue(with), parsed.GetValue(replace.Reason), ct));
        var resume = Options.Create();
        var resuming = resume.On(new("resume", "Lets links lead where their author said again; takes what stop or replace was told."));
        resuming.SetAction((parsed, ct) => ResumeAsync(context, resume.Target(parsed), ct));
        return new("links", "Links that are out: stops them, leads them elsewhere.") { list, stopping, replacing, resuming };
    }

    static Task<int> List(CommandContext context)
    {
        foreach (var rule in new SwitchFile(context.Settings().SwitchFile, context.Time).Read().Where(r => r.InForce).OrderByDescending(r => r.At))
        {
            Console.WriteLine(Text(rule) + (rule.Reason is null ? "" : $"\t{rule.Reason}"));
        }
        return Task.FromResult(0);
    }

    static async Task<int> SetAsync(CommandContext context, SwitchTarget target, string? replacement, string? reason, CancellationToken ct)
    {
        if (replacement is not null && (!Destinations.IsAllowed(replacement) || target is { Url: null, Link: null }))
        {
            throw new CommandException(target is { Url: null, Link: null }
                ? "A replacement is for one link: give its tracked address, or --message or --copy with --link."
                : $"--with is '{replacement}'. It takes an absolute http or https address without spaces.");
        }
        var rule = await WithBookAsync(context, target, (book, database) => book.SetAsync(database, target, null, replacement, reason, ct), ct);
        Console.WriteLine(rule is not null ? Text(rule) : throw new CommandException("There is no such link, message, copy or rep. A tracked address must be whole, as it was sent."));
        return 0;
    }

    static async Task<int> ResumeAsync(CommandContext context, SwitchTarget target, CancellationToken ct)
    {
        var rule = await WithBookAsync(context, target, (book, database) => book.ResumeAsync(database, target, null, ct), ct);
        Console.WriteLine(rule is not null ? Text(rule) : throw new CommandException("Nothing is stopped or replaced there; see 'tracker links list'."));
        return 0;
    }

    static async Task<SwitchRule?> WithBookAsync(CommandContext context, SwitchTarget target, Func<SwitchBook, Database?, Task<SwitchRule?>> work, CancellationToken ct)
    {
        var settings = context.Settings();
        using var switches = new LinkSwitches(settings, context.Time, NullLogger<LinkSwitches>.Instance);
        var book = new SwitchBook(KeyRingFile.Open(settings.KeyRingFile, context.Time.GetUtcNow()), switches, context.Time);
        // A link or host can be stopped while the database is away: that is when it may matter most.
        return target.NeedsNoDatabase ? await work(book, null) : await context.WithDatabaseAsync(settings, database => work(book, database), ct);
    }

    static string Text(SwitchRule rule) =>
        $"{rule.Name}\t{(rule.Resumed ? "leads where its author said" : rule.Replacement is { } address ? "leads to " + address : "stopped")}{(rule.Copies.Count > 0 ? $"\t{rule.Copies.Count} copies" : "")}";
}
