using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Hits;

/// <summary>A network of the team's own: looks from there are its own people's, not a prospect's.</summary>
/// <param name="Network">Such as 203.0.113.7/32.</param>
/// <param name="Note">Which one it is, in the words of who added it.</param>
public sealed record OfficeNetwork(string Network, string Note, DateTimeOffset AddedAt, string? AddedBy);

/// <summary>
/// The networks that were added on the page. The database has them for every server; each server has a copy in memory and in its data folder, so that pixels and
/// links know them without the database. Those of the setting Tracker:OfficeNetworks stand beside them.
/// </summary>
public sealed partial class OfficeNetworks(TrackerSettings settings, Database database, TimeProvider time, ILogger<OfficeNetworks> log) : BackgroundService
{
    /// <summary>How long a change made on another server takes to be in force here.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <summary>A wider one would hide prospects: a provider's whole range and not an office.</summary>
    const int WidestFour = 16, WidestSix = 32;

    sealed record Row
    {
        public string Network { get; init; } = "";
        public string Note { get; init; } = "";
        public long AddedAtMs { get; init; }
        public string? AddedBy { get; init; }
    }

    volatile IPNetwork[] _networks = ReadFile(settings.OfficeNetworksFile);
    string? _problem;

    /// <summary>Never loopback: behind a proxy that is not trusted, everybody would come from there.</summary>
    public bool Contains(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return !IPAddress.IsLoopback(address);
            }
        }
        return false;
    }

    public static async Task<IReadOnlyList<OfficeNetwork>> ListAsync(Session session) =>
        [.. (await session.QueryAsync<Row>("select o.network, o.note, o.added_at_ms, r.name as added_by from office_networks o left join reps r on r.id = o.rep_id order by o.added_at_ms"))
            .Select(r => new OfficeNetwork(r.Network, r.Note, Times.Of(r.AddedAtMs), r.AddedBy))];

    /// <returns>The network around one address that is its owner's alone: the address itself, or the /64 that a line gets with IPv6.</returns>
    public static IPNetwork Around(IPAddress address)
    {
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 64;
        return new(Cut(address, bits), bits);
    }

    /// <param name="text">An address or a network.</param>
    /// <returns>Null, with what is wrong, for what cannot be an office.</returns>
    public static (IPNetwork? Network, string Problem) Parse(string text)
    {
        text = text.Trim();
        if (IPAddress.TryParse(text, out var one) && (text.Contains(':') || text.Count(c => c == '.') == 3))
        {
            return Allowed(Around(one));
        }
        return IPNetwork.TryParse(text, out var network)
            ? Allowed(network)
            : (null, $"'{(text.Length > 50 ? text[..50] : text)}' is no address or network. It takes one such as 203.0.113.7, 203.0.113.0/24 or 2001:db8:1::/48.");
    }

    static (IPNetwork?, string) Allowed(IPNetwork network)
    {
        var widest = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? WidestFour : WidestSix;
        return network.PrefixLength < widest ? (null, $"{network} is wider than an office: prospects would come from there too. At least /{widest}.")
            : IPAddress.IsLoopback(network.BaseAddress) ? (null, $"{network} is this machine itself. Behind a proxy that is not trusted, everybody would come from there.")
            : (network, "");
    }

    static IPAddress Cut(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return new(bytes);
    }

    public async Task AddAsync(IPNetwork network, string note, long repId, CancellationToken ct)
    {
        await database.WriteAsync(s => s.ExecuteAsync(
            "insert into office_networks (network, note, rep_id, added_at_ms) values (@network, @note, @repId, @at) on conflict (network) do update set note = excluded.note",
            new { network = network.ToString(), note, repId, at = time.GetUtcNow().Ms() }), ct);
        await LoadAsync(ct);
    }

    public async Task RemoveAsync(string network, CancellationToken ct)
    {
        await database.WriteAsync(s => s.ExecuteAsync("delete from office_networks where network = @network", new { network }), ct);
        await LoadAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested || !database.IsReady)
            {
                continue;
            }
            try
            {
                await LoadAsync(stoppingToken);
                _problem = null;
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException or OperationCanceledException)
            {
                if (_problem != e.Message && !stoppingToken.IsCancellationRequested)
                {
                    _problem = e.Message;
                    LogLater(e.Message);
                }
            }
        }
    }

    async Task LoadAsync(CancellationToken ct)
    {
        var texts = await database.ReadAsync(s => s.QueryAsync<string>("select network from office_networks order by network"), ct);
        IPNetwork[] networks = [.. texts.Select(IPNetwork.Parse)];
        if (!networks.SequenceEqual(_networks))
        {
            WriteFile(settings.OfficeNetworksFile, texts);
            _networks = networks;
        }
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    static IPNetwork[] ReadFile(string file)
    {
        try
        {
            return File.Exists(file) ? [.. JsonSerializer.Deserialize<string[]>(File.ReadAllText(file))!.Select(IPNetwork.Parse).OrderBy(n => n.ToString(), StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new InvalidDataException($"The file {file} is damaged ({e.Message}). Delete it: it is made anew from the database.", e);
        }
    }

    static void WriteFile(string file, IReadOnlyList<string> networks)
    {
        var draft = file + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(networks));
        File.Move(draft, file, overwrite: true);
    }

    [LoggerMessage(EventId = 3303, Level = LogLevel.Warning, Message = "The team's own networks cannot be read from the database now ({Problem}); those known stay in force.")]
    partial void LogLater(string problem);
}
