using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting.Systemd;
using OpenTelemetry.Metrics;
using Tracker.Access;
using Tracker.Inbound;
using Tracker.Domain.Tokens;
using Tracker.Engagement;
using Tracker.Feed;
using Tracker.Hits;
using Tracker.Journal;
using Tracker.Outbound;
using Tracker.Outbound.Filter;
using Tracker.Outbound.Outbox;
using Tracker.Outbound.Servers;
using Tracker.Pages;
using Tracker.Pages.Entry;
using Tracker.Prompts;
using Tracker.SetUp;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;

namespace Tracker.Web;

/// <summary>How the process is hosted: the web server, logging, and what is registered.</summary>
public static class Hosting
{
    /// <summary>Long enough to finish open requests and drain the journal, shorter than service managers wait before they kill.</summary>
    static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    public static WebApplicationBuilder CreateBuilder(TrackerSettings settings, IConfiguration configuration)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = configuration["ASPNETCORE_ENVIRONMENT"] });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The author's URL goes out byte for byte, also when it holds letters beyond ASCII. For every header: when Kestrel writes a well-known one
            // such as Location it asks with an empty name, so picking by name would send question marks.
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        });
        builder.Logging.ClearProviders();
        // A start that fails is told in one sentence by the command; what ends a running server is logged as critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // Standard output belongs to what people and scripts read; logs are structured as soon as nobody sits in front of them.
        builder.Logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = configuration["Logging:Console:FormatterName"] ?? (Console.IsErrorRedirected ? "json" : "simple");
        });
        // Under systemd with Type=notify: "ready" once it listens, "stopping" when told to. Not its logging, since ours is structured already.
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 })
        {
            builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddHostedService<SystemdReady>();
        }
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        return builder;
    }

    public static void AddTracker(this IServiceCollection services, TrackerSettings settings)
    {
        services.AddSingleton(settings).AddSingleton(TimeProvider.System);
        services.AddSingleton(p => KeyRingFile.Open(settings.KeyRingFile, p.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton(p => AddressKey.Open(settings.AddressKeyFile, p.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton(_ => OpenDatabase(settings));
        services.AddSingleton(p => HitJournal.Open(
            new()
            {
                Folder = settings.JournalFolder, Node = settings.Node, SegmentBytes = settings.Journal.SegmentBytes,
                MaxBytes = settings.Journal.MaxBytes, AnswerWithin = settings.Journal.AnswerWithin,
            },
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<HitJournal>>()));
        services.AddSingleton<TrackerMetrics>().AddSingleton<ClientAddress>().AddSingleton<KnownNetworks>().AddSingleton<OwnAddresses>().AddSingleton<KnownSessions>().AddSingleton<AccessSignal>().AddSingleton<HitFacts>();
        services.AddSingleton<OfficeNetworks>().AddSingleton<SetUpProbe>().AddSingleton<SetUpChecks>().AddSingleton<TestMail>();
        services.AddSingleton<Hits.Tracking>().AddSingleton<Passwords>().AddSingleton<SignInTries>();
        services.AddSingleton<RefusalPace>().AddSingleton<SwitchBook>().AddSingleton<LinkSwitches>().AddHostedService(p => p.GetRequiredService<LinkSwitches>());
        services.AddSingleton<PublicAddress>().AddSingleton<CopyMaker>().AddSingleton<MailFilter>();
        services.AddSingleton<AccessTokens>().AddSingleton<MailServers>().AddSingleton<SmtpPool>().AddSingleton<Outbound.Outbox.HandOver>().AddSingleton<Intake>();
        services.AddSingleton<AnswerTies>().AddSingleton<AnswerDesk>();
        services.AddSingleton<OutboxSignal>().AddSingleton<OutboxStore>().AddSingleton<DeliveryFailures>();
        services.AddSingleton<FeedSignal>().AddSingleton<FeedTail>().AddSingleton<FeedLog>().AddSingleton<PromptBook>();
        services.AddSingleton<Dictionaries>().AddSingleton<Review>().AddSingleton<RecentSources>().AddSingleton<EngagementBook>().AddSingleton<Projection>().AddSingleton<Projector>();
        services.AddSingleton<DatabaseStart>().AddSingleton<KeyUses>().AddHostedService<KeyFiles>();
        if (!settings.RedirectOnly)
        {
            services.AddDatabaseWork(settings);
        }
        services.AddWeb(settings);
        TrackingServer.Register(services);   // pixels and links, ahead of everything that the rest needs
    }

    static Database OpenDatabase(TrackerSettings settings)
    {
        var database = new Database(settings.ConnectionString, settings.DataFolder);
        if (settings.RedirectOnly)
        {
            database.MarkUnused("This server only answers pixels, links and opt-outs (--redirect-only) and uses no database. What comes in waits in the journal for a server that does.");
        }
        return database;
    }

    /// <summary>What runs beside the requests and needs the database.</summary>
    static void AddDatabaseWork(this IServiceCollection services, TrackerSettings settings)
    {
        // Started in this order, stopped in the reverse: the projector drains the journal while the database is still there.
        services.AddHostedService(p => p.GetRequiredService<DatabaseStart>());
        services.AddHostedService(p => p.GetRequiredService<Projector>());
        services.AddHostedService(p => p.GetRequiredService<OfficeNetworks>());
        services.AddHostedService<WalCheckpoints>().AddHostedService<SwitchExchange>();
        services.AddHostedService<OutboxWorker>();
        services.AddHostedService<MailboxWatch>();
        services.AddHostedService<FeedWatch>();
        services.AddHostedService<Housekeeping>();
        services.AddHostedService(p => p.GetRequiredService<KeyUses>());
        if (settings.Filter.IsOn)
        {
            services.AddSingleton<FilterServer>().AddHostedService(p => p.GetRequiredService<FilterServer>());
        }
    }

    static void AddWeb(this IServiceCollection services, TrackerSettings settings)
    {
        services.AddAuthentication(Authentication.SchemeName).AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, Authentication>(Authentication.SchemeName, null).AddOpenId(settings.OpenId);
        services.AddAuthorization().AddLateEndpoints();
        services.AddSingleton<IProblemDetailsWriter, ProblemPages>().AddProblemDetails().AddExceptionHandler<Errors>();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        // What is protected with it lives as long as a sign-in by OpenID Connect is under way, so it keeps no keys on disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddSingleton<RateLimits>().AddOpenApiDocument().AddRazorComponents();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(TrackerMetrics.MeterName, JournalMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel").AddPrometheusExporter());
        services.AddSingleton<JournalMetrics>();
    }

    public static void UseApiPipeline(this WebApplication app)
    {
        app.Services.GetRequiredService<JournalMetrics>();
        var clients = app.Services.GetRequiredService<ClientAddress>();
        app.Use((http, next) =>
        {
            // Behind a trusted proxy that ends TLS, links and cookies must know that the client speaks https.
            http.Request.Scheme = clients.IsHttps(http) ? "https" : http.Request.Scheme;
            return next(http);
        });
        app.UsePageHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages(Errors.EmptyAnswerAsync);
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot")),
            // Kept, and asked for again each time: an upgrade shows at once, and an unchanged file costs an empty answer.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        app.UseSwagger();
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint("/swagger/v1/swagger.json", "Tracker v1");
            ui.DocumentTitle = "Tracker API";
            ui.EnablePersistAuthorization();
        });
        app.UseQueryCheck();
        app.UseMiddleware<BodyLimit>();
        app.UseMiddleware<DatabaseGate>();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<RateLimits>();
        app.UseAuthorization();
        app.UseMiddleware<Idempotency>();
    }
}
