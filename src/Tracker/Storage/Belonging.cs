using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tracker.Domain.Tokens;

namespace Tracker.Storage;

/// <summary>The database and the data folder do not belong together. Nothing was changed; pixels and links work meanwhile.</summary>
public sealed class StrangerException(string message) : Exception(message);

/// <summary>
/// Whether this data folder may feed this database. Two servers under one node number would take each other's hits for their own and drop them; a
/// folder with other keys would answer every link that is out with 404. Both are mistakes of setting up, so both are told instead of endured.
/// </summary>
public static class Belonging
{
    const int FolderIdBytes = 16;

    sealed record NodeRow
    {
        public string FolderId { get; init; } = "";
        public long ClaimedAtMs { get; init; }
    }

    sealed record KeyRow
    {
        public long KeyId { get; init; }
        public string Fingerprint { get; init; } = "";
    }

    /// <summary>The random name of a data folder, made when it has none.</summary>
    public static string FolderId(string dataFolder)
    {
        var file = FolderIdFile(dataFolder);
        if (!File.Exists(file))
        {
            SecretFile.Write(file, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(FolderIdBytes)) + "\n"));
        }
        return File.ReadAllText(file).Trim();
    }

    /// <summary>Made when a database is first used from the folder.</summary>
    public static string FolderIdFile(string dataFolder) => Path.Combine(dataFolder, "folder-id");

    /// <summary>Checks, and claims what nobody has claimed.</summary>
    /// <exception cref="StrangerException">They do not belong together; it names the way out.</exception>
    public static async Task CheckAsync(Session session, int node, string dataFolder, KeyRing ring, DateTimeOffset now)
    {
        FolderId(dataFolder);
        await LookAsync(session, node, dataFolder, ring);
        await NoteKeysAsync(session, ring, now);
        await TakeNodeAsync(session, node, FolderId(dataFolder), now);
    }

    /// <summary>Checks, and changes nothing.</summary>
    /// <param name="ring">Null when there is none.</param>
    /// <exception cref="StrangerException">They do not belong together; it names the way out.</exception>
    public static async Task LookAsync(Session session, int node, string dataFolder, KeyRing? ring)
    {
        await CheckKeysAsync(session, ring, dataFolder);
        // A SQLite database lies in the folder itself: with another id it was put there, by a restore or by hand.
        if (session.Dialect == Dialect.Postgres && File.Exists(FolderIdFile(dataFolder))
            && await session.FirstAsync<NodeRow>("select folder_id, claimed_at_ms from nodes where node = @node", new { node = (long)node }) is { } owner && owner.FolderId != FolderId(dataFolder))
        {
            var since = DateTimeOffset.FromUnixTimeMilliseconds(owner.ClaimedAtMs).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            throw new StrangerException(
                $"Node {node} of this database belongs to another data folder since {since}. Two servers under one number would lose each other's hits: give this one a Tracker:Node of its own. " +
                $"If the other folder is gone for good, run 'tracker nodes take' with this server's settings.");
        }
    }

    /// <exception cref="StrangerException">The database knows a key that the ring lacks or has otherwise.</exception>
    public static async Task CheckKeysAsync(Session session, KeyRing? ring, string dataFolder)
    {
        var known = await session.QueryAsync<KeyRow>("select key_id, fingerprint from signing_keys order by key_id");
        var lacking = known.Where(k => (ring?.Keys ?? []).All(own => own.Id != k.KeyId || own.Fingerprint != k.Fingerprint)).Select(k => $"{k.KeyId} ({k.Fingerprint})").ToList();
        if (lacking.Count > 0)
        {
            throw new StrangerException(
                $"Links signed with key {string.Join(", ", lacking)} are out, and the key ring in {dataFolder} does not have it: those links answer 404 here. " +
                "Put the right keyring.json into the data folder (from a backup or from the other server); it is taken over without a restart once it adds to the keys in use, else restart. " +
                "If the key is lost for good, run 'tracker keyring accept'.");
        }
    }

    /// <summary>Writes down which keys links may be signed with.</summary>
    public static async Task NoteKeysAsync(Session session, KeyRing ring, DateTimeOffset now)
    {
        foreach (var key in ring.Keys)
        {
            await session.ExecuteAsync(
                "insert into signing_keys (key_id, fingerprint, seen_at_ms) values (@id, @fingerprint, @now) on conflict (key_id) do nothing",
                new { id = (long)key.Id, fingerprint = key.Fingerprint, now = now.ToUnixTimeMilliseconds() });
        }
    }

    /// <summary>Gives up the keys that the ring does not have.</summary>
    public static Task<int> AcceptKeysAsync(Session session, KeyRing ring) => session.ExecuteAsync(
        $"delete from signing_keys where not ({session.Dialect.In("fingerprint", "@own")})", new { own = ring.Keys.Select(k => k.Fingerprint).ToArray() });

    public static Task<int> TakeNodeAsync(Session session, int node, string folderId, DateTimeOffset now) => session.ExecuteAsync("""
        insert into nodes (node, folder_id, claimed_at_ms) values (@node, @folderId, @now)
        on conflict (node) do update set folder_id = excluded.folder_id, claimed_at_ms = case when nodes.folder_id = excluded.folder_id then nodes.claimed_at_ms else excluded.claimed_at_ms end
        """, new { node = (long)node, folderId, now = now.ToUnixTimeMilliseconds() });
}
