using Tracker.Domain.Tokens;
using Tracker.Settings;
using Tracker.Storage;

namespace Tracker.Hits;

/// <summary>
/// Keeps what is in memory and what is in the key files the same: takes over signing keys that were added to the key ring, and writes the address key
/// of a new day. Every second, off the request path.
/// </summary>
public sealed partial class KeyFiles(TrackerSettings settings, KeyRing ring, AddressKey addressKey, TimeProvider time, ILogger<KeyFiles> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    string? _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            addressKey.Save(time.GetUtcNow());
            TakeKeys();
        }
    }

    // Read every time and not only when the file changed: a key that was added earlier may begin to sign now.
    void TakeKeys()
    {
        try
        {
            var newer = KeyRingFile.Read(settings.KeyRingFile, time.GetUtcNow());
            var before = (ring.Keys.Count, ring.Signer.Id);
            ring.Take(newer);
            _problem = null;
            if ((ring.Keys.Count, ring.Signer.Id) != before)
            {
                LogTaken(ring.Keys.Count, ring.Signer.Id);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            if (_problem != e.Message)
            {
                _problem = e.Message;
                LogKept(e.Message);
            }
        }
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Information, Message = "The key ring has {Count} keys now; key {Signer} signs.")]
    partial void LogTaken(int count, byte signer);

    [LoggerMessage(EventId = 3302, Level = LogLevel.Error, Message = "The key ring's file cannot be used ({Problem}); the keys in memory go on working, but a restart would fail.")]
    partial void LogKept(string problem);
}
