using System.Text.Json;

namespace Tracker.Backups;

/// <param name="Name">Path inside the backup.</param>
/// <param name="Sha256">Of the content, in hexadecimal digits.</param>
public sealed record BackupEntry(string Name, long Length, string Sha256);

/// <summary>What a backup holds; its last entry, so a backup without it is not whole.</summary>
/// <param name="Engine"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Keys">Fingerprints of the signing keys in use, whether the keys are in the backup or not.</param>
public sealed record BackupManifest(
    int Format, DateTimeOffset MadeAt, string Engine, int Node, long SchemaVersion, bool WithKeys, IReadOnlyList<string> Keys, IReadOnlyList<BackupEntry> Entries)
{
    public const int CurrentFormat = 1;

    public const string Name = "manifest.json", SqliteDatabase = "tracker.db", PostgresDump = "tracker.pgdump", KeyRing = "keyring.json", LinkRules = "link-rules.json", Journal = "journal/";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Has(string name) => Entries.Any(e => e.Name == name);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="InvalidDataException">It is none, or a newer one.</exception>
    public static BackupManifest Read(Stream stream)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(stream, Json)!;
            return manifest.Format == CurrentFormat
                ? manifest
                : throw new InvalidDataException($"The backup has format {manifest.Format}; this Tracker knows format {CurrentFormat}. Use the Tracker that made it, or a newer one.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The backup's manifest cannot be read: " + e.Message, e);
        }
    }
}
