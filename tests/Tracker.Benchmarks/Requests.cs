using System.Text;
using System.Text.Json;
using Tracker.Domain.Tokens;

namespace Tracker.Benchmarks;

/// <summary>Requests as mail programs send them, with tokens that the server under load will accept.</summary>
static class Requests
{
    public const string Destination = "https://www.example.com/pricing?plan=team&utm_source=proposal";

    // Copies of as many prospects, of worlds of every size.
    const int Copies = 500, CopiesApart = World.CopiesPerProspect;

    /// <param name="ring">The server's; for a yardstick any will do.</param>
    public static IReadOnlyList<byte[]> Of(TokenPurpose purpose, KeyRing ring) =>
        [.. Enumerable.Range(1, Copies).Select(i => Get(PathOf(purpose, ring, World.Token(i * CopiesApart))))];

    public static KeyRing AnyRing { get; } = new([new(1, new byte[KeyRing.SecretLength])]);

    public static KeyRing RingIn(string dataFolder)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(dataFolder, "keyring.json")));
        return new([.. file.RootElement.GetProperty("keys").EnumerateArray()
            .Select(k => new SigningKey(k.GetProperty("id").GetByte(), k.GetProperty("secret").GetBytesFromBase64()))]);
    }

    static string PathOf(TokenPurpose purpose, KeyRing ring, CopyId copy) => purpose == TokenPurpose.Click
        ? "/c/" + TokenCodec.Sign(ring, purpose, copy, link: 1, Destination)
        : $"/o/{TokenCodec.Sign(ring, purpose, copy)}.gif";

    static byte[] Get(string path) => Encoding.ASCII.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: track.example.com\r\n"
        + "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n"
        + "Accept: image/avif,image/webp,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n");
}
