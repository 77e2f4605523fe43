using System.CommandLine;
using System.Net;
using Tracker.Access;
using Tracker.Commands.Demo;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Commands;

/// <summary>A made-up sales day, played by real requests against a real server with data of its own.</summary>
public static class DemoCommand
{
    /// <summary>Time to read the greeting and to paste the command it shows.</summary>
    static readonly TimeSpan Prelude = TimeSpan.FromSeconds(4);

    public static Command Create(CommandContext context)
    {
        var command = new Command("demo", "Serves a made-up sales day, so that you see prompts arrive.");
        command.SetAction((_, ct) => RunAsync(context, ct));
        return command;
    }

    static async Task<int> RunAsync(CommandContext context, CancellationToken ct)
    {
        var configuration = Configuration(context.Configuration);
        var settings = Settings(configuration);
        using var folder = DemoFolder.Prepare(settings.DataFolder);
        await using var app = Program.Build(settings, configuration);
        await ServeCommand.StartAsync(app, settings, ct);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, app.Lifetime.ApplicationStopping);
        var day = PlayAsync(app, settings, ends.Token);
        await Task.WhenAny(day, app.WaitForShutdownAsync(ct));
        await ends.CancelAsync();
        await app.StopAsync(CancellationToken.None);
        await day;
        return 0;
    }

    /// <returns>When the process is to end, or the day cannot go on.</returns>
    static async Task PlayAsync(WebApplication app, TrackerSettings settings, CancellationToken stopping)
    {
        try
        {
            var address = Consent.FirstAddress(app.Urls.First());
            var time = app.Services.GetRequiredService<TimeProvider>();
            var (key, link) = await OpenAsync(app, time, stopping);
            Greet(settings, address, key, link);
            using var api = new DemoApi(address, key);
            await using var feed = await api.OpenFeedAsync(stopping);
            var narration = new Narrator(time).RunAsync(feed, stopping);
            var play = new DemoPlayer(api, time).RunAsync(Prelude, stopping);
            await await Task.WhenAny(narration, play);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ctrl+C: the end of every demo.
        }
        catch (Exception e) when (e is HttpRequestException or IOException && stopping.IsCancellationRequested)
        {
            // The server was gone before its client: the same end.
        }
    }

    /// <summary>Waits for the database; then what the REST interface leaves to commands: reps and a key.</summary>
    static async Task<(string Key, string Link)> OpenAsync(WebApplication app, TimeProvider time, CancellationToken ct)
    {
        var database = app.Services.GetRequiredService<Database>();
        while (!database.IsReady)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, ct);
        }
        return await database.WriteAsync(async s =>
        {
            foreach (var rep in Cast.Reps)
            {
                await Reps.AddAsync(s, rep.Email, rep.Name, isAdmin: rep == Cast.Rita, time.GetUtcNow());
            }
            var rita = (await Reps.FindAsync(s, Cast.Rita.Email))!;
            return (await ApiKeys.CreateAsync(s, "demo", [Scopes.Send, Scopes.Read], null, time.GetUtcNow()), await SignIn.NewLinkAsync(s, rita.Id, time.GetUtcNow()));
        }, ct);
    }

    static void Greet(TrackerSettings settings, string address, string key, string link) => Console.WriteLine($"""
        A made-up sales day, in real requests to {address}. Open Rita's page and watch it there (the link works once):

          {address}{link}

        Or watch the feed in a second terminal:

          curl -N -H "Authorization: Bearer {key}" {address}/api/v1/feed

        The same key opens the rest, for example {address}/api/v1/prospects/hot, and {address}/swagger.
        Data in {settings.DataFolder}, made anew at every start. Ctrl+C stops it.

        """);

    /// <summary>
    /// Only where to listen is the user's choice. The rest is set, so that a demo never reaches a real database and prospects never come to a real address.
    /// </summary>
    static IConfiguration Configuration(IConfiguration own) => new ConfigurationBuilder().AddConfiguration(own).AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Tracker:DataFolder"] = DemoFolder.For(own["Tracker:DataFolder"]),
        ["ConnectionStrings:Tracker"] = "",
        ["Tracker:PublicUrl"] = "",
        ["Tracker:UnknownConsent"] = TrackerSettings.Track,
        ["Logging:LogLevel:Default"] = "Warning",
        // It would tell a taken port in forty lines, before we do in one.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",
    }).Build();

    /// <summary>The visitors' addresses are told by X-Forwarded-For, so the demo's own client must be a trusted proxy, whichever address the server listens on.</summary>
    static TrackerSettings Settings(IConfiguration configuration)
    {
        var settings = TrackerSettings.Read(configuration, forProspects: false);
        var host = new Uri(Consent.FirstAddress(settings.Urls)).Host.Trim('[', ']');
        List<IPNetwork> proxies = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
        if (IPAddress.TryParse(host, out var own))
        {
            proxies.Add(new(own, own.GetAddressBytes().Length * 8));
        }
        return settings with { TrustedProxies = proxies, OfficeNetworks = [] };
    }
}
