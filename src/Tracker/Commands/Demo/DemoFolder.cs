using Tracker.Storage;

namespace Tracker.Commands.Demo;

/// <summary>
/// The demo's own data folder. Every start begins with an empty one, so it removes what the demo before made, and that alone: file by file, by name, and
/// only where that demo left its mark. Never a folder as a whole.
/// </summary>
static class DemoFolder
{
    const string Mark = "made-by-tracker-demo.txt";

    const string MarkText = """
        'tracker demo' keeps its made-up sales day in this folder, and begins with a new one at every start: it then deletes the database, the
        journal and the keys it made here. It touches nothing else, and no folder without this file.

        """;

    /// <summary>What a server makes in its data folder, except its lock.</summary>
    static readonly string[] Made = ["tracker.db", "tracker.db-wal", "tracker.db-shm", "keyring.json", "keyring.json.new", "address-key.json", "address-key.json.new", "folder-id", "folder-id.new", "link-rules.json", "link-rules.json.new", "office-networks.json", "office-networks.json.new"];

    static readonly string[] MadeInJournal = ["*.journal", "*.journal.damaged"];

    /// <param name="dataFolder">The setting; its default counts as not set.</param>
    public static string For(string? dataFolder) => dataFolder is null or "" or "data" ? "data-demo" : Path.Combine(dataFolder, "demo");

    /// <returns>The folder's lock.</returns>
    /// <exception cref="CommandException">The folder holds something, and no demo made it.</exception>
    public static IDisposable Prepare(string folder)
    {
        PrivateFolder.Create(folder);
        var mark = Path.Combine(folder, Mark);
        if (!File.Exists(mark))
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new CommandException($"The folder {folder} holds something that no demo made, so the demo leaves it alone. Start it elsewhere, or give it another folder: --Tracker:DataFolder=FOLDER (it uses FOLDER/demo).");
            }
            File.WriteAllText(mark, MarkText);
        }
        // Locked before anything is removed: another demo may be running here.
        var held = DataFolderLock.Take(folder);
        Empty(folder);
        return held;
    }

    static void Empty(string folder)
    {
        foreach (var name in Made)
        {
            File.Delete(Path.Combine(folder, name));
        }
        var journal = Path.Combine(folder, "journal");
        if (Directory.Exists(journal))
        {
            foreach (var file in MadeInJournal.SelectMany(pattern => Directory.EnumerateFiles(journal, pattern)).ToList())
            {
                File.Delete(file);
            }
        }
    }
}
