using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tracker.Web;

/// <summary>
/// What a caller attaches to a message or prospect: a flat JSON object that comes back wherever the message does, and that lists can be filtered by
/// with <c>?metadata.NAME=VALUE</c>.
/// </summary>
public static class MetadataFilter
{
    public const int MaxEntries = 50, MaxName = 64, MaxValue = 500;

    const string Prefix = "metadata.";

    public static IReadOnlyDictionary<string, string> Of(HttpRequest request) => request.Query
        .Where(q => q.Key.StartsWith(Prefix, StringComparison.Ordinal) && q.Key.Length > Prefix.Length)
        .ToDictionary(q => q.Key[Prefix.Length..], q => q.Value.ToString());

    /// <summary>Adds one condition a name; names and values travel as parameters.</summary>
    public static void Append(StringBuilder sql, Dictionary<string, object?> parameters, IReadOnlyDictionary<string, string> filter, string messageId)
    {
        foreach (var (name, value) in filter)
        {
            var n = parameters.Count.ToString(CultureInfo.InvariantCulture);
            sql.Append(CultureInfo.InvariantCulture, $" and exists (select 1 from message_metadata mm{n} where mm{n}.message_id = {messageId} and mm{n}.name = @n{n} and mm{n}.value = @v{n})");
            parameters["n" + n] = name;
            parameters["v" + n] = value;
        }
    }

    /// <summary>Checks what a caller attached.</summary>
    /// <returns>The object, empty when there was none.</returns>
    /// <exception cref="ProblemException">Not a flat object, or too much of it.</exception>
    public static JsonObject Check(JsonObject? metadata)
    {
        if (metadata is null)
        {
            return [];
        }
        if (metadata.Count > MaxEntries)
        {
            throw new ProblemException(Problems.Parameter("metadata", $"{metadata.Count} entries", $"at most {MaxEntries} entries"));
        }
        foreach (var (name, value) in metadata)
        {
            var text = TextOf(value);
            if (name.Length is 0 or > MaxName || text.Length > MaxValue || value is not (null or JsonValue) || (name + text).Contains('\0', StringComparison.Ordinal))
            {
                throw new ProblemException(Problems.Parameter("metadata." + name, text,
                    $"a text without U+0000, number or true/false of at most {MaxValue} characters, under a name of at most {MaxName}"));
            }
        }
        return metadata;
    }

    /// <summary>The value as it is filtered by: texts without quotes, numbers and booleans as they stand.</summary>
    public static string TextOf(JsonNode? value) => value switch
    {
        null => "",
        JsonValue v when v.GetValueKind() == JsonValueKind.String => v.GetValue<string>(),
        _ => value.ToJsonString(ApiJson.Options),
    };
}
