using System.Text.Json;
using System.Text.Json.Serialization;
using Tracker.Storage;

namespace Tracker.Switches;

/// <summary>The decisions about links, in a file of the data folder: they hold whatever happens to the database. Replaced as a whole, and on disk when a change returns.</summary>
public sealed class SwitchFile(string path, TimeProvider time)
{
    sealed record Content(IReadOnlyList<SwitchRule> Rules);

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Path => path;

    /// <summary>Tells one state of the file from another without reading it; zeros when there is none.</summary>
    public (long Written, long Length) Stamp
    {
        get
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc.Ticks, file.Length) : default;
        }
    }

    /// <exception cref="InvalidDataException">The file is there but cannot be used; it names what is wrong.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public IReadOnlyList<SwitchRule> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }
        try
        {
            var rules = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(path), Json)?.Rules ?? throw new JsonException("it has no \"rules\"");
            return rules.Select(r => r.Problem()).FirstOrDefault(p => p is not null) is { } problem ? throw new JsonException(problem) : rules;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be used: {e.Message} Correct it, or delete it to have every link lead where its author said.", e);
        }
    }

    /// <summary>Changes what stands there, one process at a time.</summary>
    /// <exception cref="InvalidDataException">The file is there but cannot be used. It is left as it is.</exception>
    public async Task<IReadOnlyList<SwitchRule>> ChangeAsync(Func<IReadOnlyList<SwitchRule>, IReadOnlyList<SwitchRule>> change, CancellationToken ct)
    {
        using var turn = await SecretFile.LockAsync(path, time, ct);
        var before = Read();
        var after = change(before);
        if (!ReferenceEquals(before, after))
        {
            SecretFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(new Content(after), Json));
        }
        return after;
    }

    /// <summary>Puts a rule in the place of the one with its name.</summary>
    public Task PutAsync(SwitchRule rule, CancellationToken ct) => ChangeAsync(rules => [.. rules.Where(r => r.Name != rule.Name), rule], ct);

    public static string Text(SwitchRule rule) => JsonSerializer.Serialize(rule, Json);

    public static SwitchRule Parse(string text) => JsonSerializer.Deserialize<SwitchRule>(text, Json)!;
}
