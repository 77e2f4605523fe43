using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Tracker.Web;

/// <summary>JSON as the API speaks it: camelCase, times in UTC with a Z.</summary>
public static class ApiJson
{
    public static readonly JsonSerializerOptions Options = Configure(new(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        // JSON is sent as application/json with nosniff, so escaping what HTML would need only makes addresses and names hard to read.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        // Of two properties with one name, who reads it twice may see the one and then the other.
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new UtcConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new ObjectConverter());
        return options;
    }

    sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text && text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("A text cannot hold the character U+0000.") : reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }

    /// <summary>Reads all of an object at once. The framework's own leaves texts undecoded and names unchecked, to fail when they are used.</summary>
    sealed class ObjectConverter : JsonConverter<JsonObject>
    {
        public override JsonObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var result = new JsonObject();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new JsonException("It takes an object.");
            }
            try
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    if (!result.TryAdd(property.Name, Node(property.Value)))
                    {
                        throw new JsonException($"The name '{property.Name}' is there twice.");
                    }
                }
            }
            catch (InvalidOperationException)
            {
                throw new JsonException("A text holds half a character (a surrogate without its pair).");
            }
            return result;
        }

        static JsonNode? Node(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => JsonValue.Create(value.GetString()),
            JsonValueKind.Object => JsonObject.Create(value.Clone()),
            JsonValueKind.Array => JsonArray.Create(value.Clone()),
            _ => JsonValue.Create(value.Clone()),
        };

        public override void Write(Utf8JsonWriter writer, JsonObject value, JsonSerializerOptions options) => value.WriteTo(writer, options);
    }

    sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : throw new JsonException("It takes a time such as 2026-03-02T09:30:00Z.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
