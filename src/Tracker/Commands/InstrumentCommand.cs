using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tracker.Access;
using Tracker.Outbound;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;
using Tracker.Web;

namespace Tracker.Commands;

/// <summary>Makes the copies of a mail from the command line, beside a server that may be running.</summary>
public static class InstrumentCommand
{
    static readonly JsonSerializerOptions Report = new(ApiJson.Options) { WriteIndented = true };

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The mail; '-' or nothing reads standard input.", DefaultValueFactory = _ => "-" };
        var rep = new Option<string>("--rep") { Description = "Whose mail it is.", Required = true, HelpName = "EMAIL" };
        var folder = new Option<string?>("--out") { Description = "Folder for the copies, one .eml each. Without, the one copy goes to standard output.", HelpName = "FOLDER" };
        var sentAt = new Option<string?>("--sent-at") { Description = "When the copies leave, such as 2026-03-02T09:30:00Z.", HelpName = "TIME" };
        var command = new Command("instrument", "Writes the tracked copies of a mail; the report goes to standard error as JSON.") { file, rep, folder, sentAt };
        var options = new OutboundOptionArguments();
        options.AddTo(command);
        command.SetAction((parsed, ct) => RunAsync(
            context, parsed.GetValue(file)!, parsed.GetValue(rep)!, parsed.GetValue(folder), parsed.GetValue(sentAt), options.Read(parsed), ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, string file, string rep, string? folder, string? sentAt, OutboundOptions asked, CancellationToken ct)
    {
        var settings = context.Settings();
        var now = context.Time.GetUtcNow();
        var sent = CommandException.Or(() => Times.Parse("--sent-at", sentAt, now));
        var input = MessageInput.FromMime(await ReadAsync(file, settings.MessageBytes, ct), []);
        if (input.Mail is not { } mail)
        {
            throw new CommandException($"{file}: {input.Problem!.ProblemDetails.Title}. {input.Problem.ProblemDetails.Detail}");
        }
        if (folder is null && mail.Recipients.Count > 1)
        {
            throw new CommandException($"The mail has {mail.Recipients.Count} recipients, each with a copy of their own: name a folder for them with --out FOLDER.");
        }
        var (view, copies) = await context.WithDatabaseAsync(settings, async database =>
        {
            var owner = await database.ReadAsync(s => Reps.FindAsync(s, rep), ct)
                ?? throw new CommandException($"There is no rep '{rep}'. Add it first: tracker reps add {rep} --name NAME");
            var ring = KeyRingFile.Open(settings.KeyRingFile, now);
            // Links signed with a key that the servers of this database do not have would lead nowhere.
            await database.ReadAsync(s => Belonging.CheckKeysAsync(s, ring, settings.DataFolder), ct);
            await database.WriteAsync(s => Belonging.NoteKeysAsync(s, ring, now), ct);
            var address = new PublicAddress(settings, ring);
            var options = address.Decide(asked, await database.ReadAsync(s => RepOptions.OfAsync(s, owner.Id), ct), mail);
            var decided = OutboundOptions.Of(options);
            using var switches = new LinkSwitches(settings, context.Time, NullLogger<LinkSwitches>.Instance);
            var maker = new CopyMaker(database, ring, settings, switches);
            var copies = await maker.MakeAsync(mail, owner, options, ct);
            var row = new NewMessageRow(owner, MessageStore.Mail, mail.Subject, mail.From, mail.MessageId, mail.TextFingerprint, [], sent, decided);
            var (id, views) = await database.WriteAsync(s =>
            {
                maker.ThrowIfStopped(owner, copies);
                return MessageStore.AddAsync(s, row, copies, address, now);
            }, ct);
            return (new MessageView(Ids.Text(id), owner.Email, MessageStore.Mail, mail.Subject, mail.From, now, sent, false, null, views, Options: decided), copies);
        }, ct);
        await WriteAsync(copies, folder, ct);
        Console.Error.WriteLine(JsonSerializer.Serialize(view, Report));
        return 0;
    }

    static async Task<ReadOnlyMemory<byte>> ReadAsync(string file, long most, CancellationToken ct)
    {
        await using var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        // As long as the file, or a growing buffer would hold a large mail twice.
        using var bytes = new MemoryStream(input.CanSeek ? (int)Math.Min(input.Length, most + 1) : 0);
        await input.CopyToAsync(bytes, ct);
        return bytes.Length <= most
            ? bytes.GetBuffer().AsMemory(0, (int)bytes.Length)
            : throw new CommandException($"{file} has {bytes.Length:N0} bytes; the limit is {most:N0} (setting Tracker:MessageBytes).");
    }

    static async Task WriteAsync(IReadOnlyList<MadeCopy> copies, string? folder, CancellationToken ct)
    {
        if (folder is null)
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(copies[0].Mail.Bytes, ct);
            return;
        }
        Directory.CreateDirectory(folder);
        for (var i = 0; i < copies.Count; i++)
        {
            // The address comes from the mail: only what is harmless in a file name is taken from it.
            var name = string.Concat(copies[i].Recipient.Address.Select(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '.' or '-' or '_' or '+' ? c : '_'));
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i + 1:00}-{name}.eml"));
            await File.WriteAllBytesAsync(path, copies[i].Mail.Bytes, ct);
        }
    }
}
