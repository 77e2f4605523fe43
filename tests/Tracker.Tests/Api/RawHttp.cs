using System.Net.Sockets;
using System.Text;

namespace Tracker.Tests.Api;

/// <summary>An answer, byte for byte.</summary>
public sealed record RawAnswer(int Status, IReadOnlyList<string> Headers, byte[] Body)
{
    public string? Header(string name) => Headers.FirstOrDefault(h => h.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Everything but the date, for comparing answers.</summary>
    public string Visible => string.Join('\n', Headers.Where(h => !h.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal)) + "\n\n" + Text;
}

/// <summary>HTTP/1.1 by hand, where an HTTP library would tidy up: it writes everything before it reads anything, and shows every byte.</summary>
public static class RawHttp
{
    /// <param name="head">Request line and headers without Host and Connection, lines ended by \n.</param>
    /// <param name="write">Writes the body.</param>
    public static async Task<RawAnswer> SendAsync(Uri server, string head, Func<Stream, Task>? write = null)
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, ct);
        await using var stream = client.GetStream();
        var lines = head.TrimEnd().ReplaceLineEndings("\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{lines}\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n"), ct);
        if (write is not null)
        {
            await write(stream);
        }
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, ct);
        return Parse(all.ToArray());
    }

    static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, $"no answer but {bytes.Length} bytes");
        var lines = Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split("\r\n");
        return new(int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), lines[1..], bytes[(end + 4)..]);
    }

    /// <summary>Writes spaces: JSON that has not begun yet, and a mail without a header.</summary>
    public static async Task BlanksAsync(Stream stream, long count, bool chunked)
    {
        var ct = TestContext.Current.CancellationToken;
        var block = new byte[64 * 1024];
        block.AsSpan().Fill((byte)' ');
        for (var left = count; left > 0; left -= block.Length)
        {
            var part = block.AsMemory(0, (int)Math.Min(left, block.Length));
            if (chunked)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{part.Length:x}\r\n"), ct);
            }
            await stream.WriteAsync(part, ct);
            if (chunked)
            {
                await stream.WriteAsync("\r\n"u8.ToArray(), ct);
            }
        }
        if (chunked)
        {
            await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), ct);
        }
    }
}
