using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Outbound;
using Tracker.Outbound.Instrumenting;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Traces;

/// <summary>
/// The product as it runs, without its sockets, on a store of its own: one migrated data folder is made, and every trace gets a fresh copy of it. Gone afterwards.
/// </summary>
public sealed class TraceStore : IAsyncDisposable
{
    /// <summary>Any time does; a fixed one makes every run the same.</summary>
    public static readonly DateTimeOffset Sent = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    const string RepEmail = "rep@example.com", ProspectEmail = "prospect@example.net";

    readonly string _folder = Directory.CreateTempSubdirectory("tracker-replay-").FullName;
    readonly TrackerSettings _settings;
    int _opened;

    TraceStore(TrackerSettings settings) => _settings = settings with { DataFolder = Template };

    string Template => Path.Combine(_folder, "template");

    /// <param name="settings">How live traffic is judged here; the database and the data folder are not touched.</param>
    public static async Task<TraceStore> CreateAsync(TrackerSettings settings, CancellationToken ct)
    {
        var store = new TraceStore(settings with { ConnectionString = "" });
        Directory.CreateDirectory(store.Template);
        CopyNetworks(settings.NetworksFolder, store._settings.NetworksFolder);
        await using var services = Services(store._settings, new(Sent));
        var database = services.GetRequiredService<Database>();
        await Migrations.RunAsync(database, services.GetRequiredService<TimeProvider>(), ct);
        await database.WriteAsync(s => Reps.AddAsync(s, RepEmail, "Rep", Role.Rep, Sent), ct);
        services.GetRequiredService<KeyRing>();
        services.GetRequiredService<Hits.AddressKey>();
        return store;
    }

    /// <summary>The product on a fresh store. Its parts end with it.</summary>
    internal async Task<ServiceProvider> OpenAsync(TraceClock clock, TraceContext? context, CancellationToken ct)
    {
        var folder = Path.Combine(_folder, Ids.Text(_opened++));
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Template))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
        CopyNetworks(_settings.NetworksFolder, Path.Combine(folder, Path.GetFileName(_settings.NetworksFolder)));
        var office = (context?.RepIps ?? []).Select(IPAddress.Parse).Select(a => new IPNetwork(a, a.GetAddressBytes().Length * 8));
        var services = Services(_settings with { DataFolder = folder, OfficeNetworks = [.. _settings.OfficeNetworks, .. office] }, clock);
        // Nobody misses this store after a power cut; the pooled connection keeps the setting.
        await services.GetRequiredService<Database>().ReadAsync(s => s.ExecuteAsync("pragma synchronous = off"), ct);
        return services;
    }

    /// <summary>Stores the copy whose traffic is to come, as sending a mail does.</summary>
    internal static async Task<CopyId> AddCopyAsync(IServiceProvider services, Trace trace, CancellationToken ct)
    {
        var address = services.GetRequiredService<PublicAddress>();
        var id = new CopyId(UInt128.One);
        var links = Enumerable.Range(0, trace.Links).Select(i =>
        {
            var url = $"https://example.com/{i}";
            return new LinkReport(i, url, true, null, address.Click(id, i, url), null, i == trace.HoneypotLink);
        }).ToList();
        var copy = new MadeCopy(id, new(ProspectEmail, null, RecipientField.To), new(default, true, null, address.Open(id), links, []));
        await services.GetRequiredService<Database>().WriteAsync(async s =>
        {
            var rep = (await Reps.FindAsync(s, RepEmail))!;
            await MessageStore.AddAsync(s, new(rep, MessageStore.Mail, trace.Id, RepEmail, null, "", [], trace.SentAtOffsetS is { } late ? Sent.AddSeconds(late) : null), [copy], address, Sent);
        }, ct);
        return id;
    }

    static ServiceProvider Services(TrackerSettings settings, TraceClock clock)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddTracker(settings);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        return services.BuildServiceProvider();
    }

    static void CopyNetworks(string from, string to)
    {
        foreach (var file in Directory.Exists(from) ? Directory.EnumerateFiles(from, "*.csv") : [])
        {
            Directory.CreateDirectory(to);
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
