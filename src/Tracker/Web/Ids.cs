using System.Globalization;
using System.Text.Json.Nodes;

namespace Tracker.Web;

public static class Ids
{
    /// <summary>Ids are texts to clients, so that they may change shape.</summary>
    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <returns>Null when no row can have that id.</returns>
    public static long? Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}

public static class MetadataText
{
    public static JsonNode? Parse(string json) => json is "" or "{}" ? new JsonObject() : JsonNode.Parse(json);
}
