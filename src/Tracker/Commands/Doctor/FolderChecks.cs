using System.Globalization;
using Tracker.Backups;
using Tracker.Journal;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Switches;

namespace Tracker.Commands.Doctor;

/// <summary>What can be seen in the data folder, without the database.</summary>
static class FolderChecks
{
    /// <summary>1 GiB: hours of hits of a large installation, and room for the database to work.</summary>
    const long EnoughRoom = 1L << 30;

    static readonly string[] NetworkDisks = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs"];

    public static IEnumerable<Finding> Run(TrackerSettings settings, DateTimeOffset now)
    {
        yield return KeyRing(settings, now);
        yield return Consent(settings);
        yield return Room(settings);
        if (IsNetworkDisk(settings.DataFolder, out var kind))
        {
            yield return Finding.Wrong($"The data folder lies on a network disk ({kind}), where locks and syncs do not hold what they promise: hits can be lost and SQLite can be damaged. Move it to a local disk.");
        }
        if (File.Exists(Path.Combine(settings.DataFolder, Restore.Unfinished)))
        {
            yield return Finding.Wrong($"A restore did not come to its end, and no server starts before it has. Repeat it: {File.ReadAllText(Path.Combine(settings.DataFolder, Restore.Unfinished)).Trim()}");
        }
        yield return Server(settings);
        yield return Journal(settings);
        yield return Links(settings);
    }

    static Finding KeyRing(TrackerSettings settings, DateTimeOffset now)
    {
        if (!File.Exists(settings.KeyRingFile))
        {
            return Finding.Fine("There is no key ring yet; the first 'tracker serve' makes it."); // Whether there should be one, the database knows.
        }
        try
        {
            var ring = KeyRingFile.Read(settings.KeyRingFile, now);
            var open = !OperatingSystem.IsWindows() && (File.GetUnixFileMode(settings.KeyRingFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0;
            return open
                ? Finding.Wrong($"Others on this machine can read the signing keys: chmod 600 {settings.KeyRingFile}")
                : Finding.Fine($"The key ring has {ring.Keys.Count} key(s) and is private. Back it up (tracker backup FILE --with-keys): without it no link ever sent works.");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(e.Message);
        }
    }

    static Finding Consent(TrackerSettings settings) => Finding.Fine(settings.UnknownConsent switch
    {
        TrackerSettings.Off => "Recipients whose wish is unknown are not tracked.",
        TrackerSettings.Track => "Recipients whose wish is unknown are tracked, as set.",
        _ => "Recipients whose wish is unknown are tracked, because the public address is this machine's own. A public one will ask you to choose (Tracker:UnknownConsent).",
    });

    static Finding Room(TrackerSettings settings)
    {
        var free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
        var text = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB are free on the data folder's disk");
        return free >= EnoughRoom
            ? Finding.Fine(text + ".")
            : Finding.Wrong(text + ". When it is full, pixels and links still work but their hits are not recorded. Free some space.");
    }

    static bool IsNetworkDisk(string folder, out string kind)
    {
        kind = new DriveInfo(folder).DriveFormat;
        return NetworkDisks.Contains(kind, StringComparer.OrdinalIgnoreCase);
    }

    static Finding Server(TrackerSettings settings)
    {
        try
        {
            DataFolderLock.Take(settings.DataFolder).Dispose();
            return Finding.Fine("No server is running on this data folder.");
        }
        catch (IOException)
        {
            return Finding.Fine("A server is running on this data folder.");
        }
    }

    static Finding Journal(TrackerSettings settings)
    {
        var aside = JournalFiles.SetAside(settings.JournalFolder);
        if (aside > 0)
        {
            return Finding.Wrong($"{aside} journal file(s) could not be read and were set aside as *.damaged in {settings.JournalFolder}; their hits are lost. Check the disk, then delete them.");
        }
        var content = JournalFiles.Look(settings.JournalFolder);
        return content.Damaged > 0
            ? Finding.Wrong($"The journal has {content.Damaged} damaged place(s), each about one hit; the others are read. Check the disk.")
            : Finding.Fine(string.Create(CultureInfo.InvariantCulture, $"The journal has {content.Segments} file(s) with {content.Records:N0} records and is undamaged."));
    }

    static Finding Links(TrackerSettings settings)
    {
        try
        {
            var rules = new SwitchFile(settings.SwitchFile, TimeProvider.System).Read().Count(r => r.InForce);
            return Finding.Fine(rules == 0 ? "No link is stopped or replaced." : $"{rules} decision(s) about links are in force; see 'tracker links list'.");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Finding.Wrong(e.Message);
        }
    }
}
