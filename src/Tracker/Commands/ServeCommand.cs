using System.CommandLine;
using System.Data.Common;
using Microsoft.AspNetCore.Connections;
using Tracker.Access;
using Tracker.Backups;
using Tracker.Outbound;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>The server.</summary>
public static class ServeCommand
{
    static readonly TimeSpan GreetAgain = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var command = new Command("serve", "Migrates, listens, and prints where to go next.");
        var redirectOnly = new Option<bool>("--redirect-only")
        {
            Description = "Only answers pixels, links and opt-outs and keeps them in the journal; opens no database. For while the database cannot be used, such as one from a newer Tracker.",
        };
        command.Options.Add(redirectOnly);
        command.SetAction((parsed, ct) => RunAsync(context, parsed.GetValue(redirectOnly), ct));
        return command;
    }

    public static async Task<int> RunAsync(CommandContext context, bool redirectOnly, CancellationToken ct)
    {
        var settings = context.Settings();
        settings = settings with { RedirectOnly = settings.RedirectOnly || redirectOnly };
        using var folder = DataFolderLock.Take(settings.DataFolder);
        var unfinished = Path.Combine(settings.DataFolder, Restore.Unfinished);
        if (File.Exists(unfinished))
        {
            throw new CommandException($"A restore into {settings.DataFolder} did not come to its end. Repeat it: {(await File.ReadAllTextAsync(unfinished, ct)).Trim()}");
        }
        if (settings.RedirectOnly && !File.Exists(settings.KeyRingFile))
        {
            throw new CommandException($"There are no keys in {settings.KeyRingFile}, so no link that is out would work. Put the file back, or name the right folder with --Tracker:DataFolder=FOLDER.");
        }
        await using var app = Program.Build(settings, context.Configuration);
        try
        {
            await StartAsync(app, settings, ct);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Asked to stop while starting.
            return 0;
        }
        var greeting = settings.RedirectOnly ? GreetWithoutDatabaseAsync(app, settings) : GreetAsync(app, settings);
        await app.WaitForShutdownAsync(ct);
        await greeting;
        return app.Services.GetRequiredService<DatabaseStart>().Fatal is null && !app.Services.GetRequiredService<Database>().IsDamaged ? 0 : CommandLine.Failed;
    }

    /// <exception cref="CommandException">The address is taken.</exception>
    internal static async Task StartAsync(WebApplication app, TrackerSettings settings, CancellationToken ct)
    {
        try
        {
            await StartOrStopAsync(app, ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new CommandException($"Somebody listens on {settings.Urls} already, perhaps another tracker. Choose another address, such as --urls=http://localhost:5081.");
        }
    }

    /// <summary>What has started already is stopped when something else cannot start. Left to the end of the host, it takes services that had not begun yet for failed ones, and logs them with a stack.</summary>
    static async Task StartOrStopAsync(WebApplication app, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Told once the database is there; pixels and links do not wait for it.</summary>
    static async Task GreetAsync(WebApplication app, TrackerSettings settings)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        var database = app.Services.GetRequiredService<Database>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        var address = app.Services.GetRequiredService<PublicAddress>().Url;
        var listening = Consent.FirstAddress(app.Urls.First());
        while (!database.IsReady && !stopping.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (stopping.IsCancellationRequested)
        {
            return;
        }
        string? first;
        try
        {
            first = await FirstLinkAsync(database, time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
        Console.WriteLine($"""
            Tracker listens on {listening}{(address == listening ? "" : $", prospects reach it at {address}")}

            {(first is null ? $"  Sign in         {Invocation.Text} reps add EMAIL --name NAME   (prints a one-time link)" : $"  Sign in         {listening}{first}   (works once; makes you the administrator)")}
              Interface       {listening}/swagger
              Make a key      {Invocation.Text} keys create --name NAME --scope send --scope read --rep EMAIL
              See it work     {Invocation.Text} demo

            Data in {settings.DataFolder}, database {(database.SqliteFile is null ? "PostgreSQL" : "SQLite")}. Ctrl+C stops it.
            """);
    }

    static Task GreetWithoutDatabaseAsync(WebApplication app, TrackerSettings settings) => Console.Out.WriteLineAsync($"""
        Tracker listens on {Consent.FirstAddress(app.Urls.First())} with pixels, links and opt-outs only; prospects reach it at {app.Services.GetRequiredService<PublicAddress>().Url}

        No database is used. Hits wait in {settings.JournalFolder}; stop this and run '{Invocation.Text} serve' to store them. Ctrl+C stops it.
        """);

    /// <returns>Null when there is a rep already.</returns>
    static async Task<string?> FirstLinkAsync(Database database, TimeProvider time, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await database.WriteAsync(async s => await Reps.AnyAsync(s) ? null : await SignIn.NewLinkAsync(s, null, time.GetUtcNow()), stopping);
            }
            catch (DbException e)
            {
                // Told now: nobody looks at this task before the server stops.
                await Console.Error.WriteLineAsync($"The sign-in link could not be made ({e.Message}); next try in {GreetAgain.TotalSeconds:0} s. Pixels and links work meanwhile.");
                await Task.Delay(GreetAgain, time, stopping);
            }
        }
    }
}
