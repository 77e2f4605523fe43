using System.Text.Json;
using System.Text.Json.Nodes;
using Tracker.Web;

namespace Tracker.Outbound;

/// <summary>
/// The 201 of a message with its copies' bytes. They are written piece by piece: base64 of a large mail, made as a text first, would take almost three
/// times the mail's own memory.
/// </summary>
/// <param name="message">With every copy's <c>mime</c> null.</param>
/// <param name="copies">In the order of the message's; null: their bytes are left out.</param>
sealed class MessageAnswer(string location, MessageView message, IReadOnlyList<MadeCopy>? copies) : IResult
{
    // In bytes.
    const int Piece = 48 * 1024;

    public async Task ExecuteAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = location;
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var writer = new Utf8JsonWriter(http.Response.Body, new() { Encoder = ApiJson.Options.Encoder });
        var view = JsonSerializer.SerializeToNode(message, ApiJson.Options)!.AsObject();
        writer.WriteStartObject();
        foreach (var (name, value) in view)
        {
            writer.WritePropertyName(name);
            if (name == "copies" && copies is not null)
            {
                await WriteAsync(writer, value!.AsArray(), copies, http.RequestAborted);
            }
            else
            {
                Write(writer, value);
            }
        }
        writer.WriteEndObject();
        await writer.FlushAsync(http.RequestAborted);
    }

    static async Task WriteAsync(Utf8JsonWriter writer, JsonArray views, IReadOnlyList<MadeCopy> copies, CancellationToken ct)
    {
        writer.WriteStartArray();
        foreach (var (view, copy) in views.Zip(copies))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in view!.AsObject())
            {
                writer.WritePropertyName(name);
                if (name == "mime")
                {
                    await WriteAsync(writer, copy.Mail.Bytes, ct);
                }
                else
                {
                    Write(writer, value);
                }
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static async Task WriteAsync(Utf8JsonWriter writer, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        for (var at = 0; ; at += Piece)
        {
            var isLast = bytes.Length - at <= Piece;
            writer.WriteBase64StringSegment(isLast ? bytes.Span[at..] : bytes.Span.Slice(at, Piece), isLast);
            if (isLast)
            {
                return;
            }
            await writer.FlushAsync(ct);
        }
    }

    static void Write(Utf8JsonWriter writer, JsonNode? value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            value.WriteTo(writer, ApiJson.Options);
        }
    }
}
