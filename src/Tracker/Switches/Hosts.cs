using System.Globalization;
using System.Text;

namespace Tracker.Switches;

/// <summary>Which host a browser would go to for an address, so that a stopped host cannot be reached by spelling it otherwise.</summary>
public static class Hosts
{
    static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>As the URL standard does it: without user, port and trailing dot, percent-decoded, in ASCII and lower case.</summary>
    /// <returns>Null when there is no host to be found.</returns>
    public static string? Of(string url)
    {
        var start = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var end = url.IndexOfAny(['/', '?', '#', '\\'], start);
        var authority = end < 0 ? url[start..] : url[start..end];
        var host = Uri.UnescapeDataString(authority[(authority.LastIndexOf('@') + 1)..]);
        if (host.LastIndexOf(':') is var colon and >= 0 && !host.EndsWith(']'))
        {
            host = host[..colon];
        }
        return Ascii(host) is { Length: > 0 } ascii ? ascii : null;
    }

    /// <summary>True for the host itself and for every host below it.</summary>
    public static bool IsWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.Ordinal) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');

    static string Ascii(string host)
    {
        var plain = Plain(host).ToLowerInvariant().TrimEnd('.');
        try
        {
            return plain.Length == 0 || System.Text.Ascii.IsValid(plain) ? plain : Idn.GetAscii(plain);
        }
        catch (ArgumentException)
        {
            return plain; // No browser takes it either; as it stands it still equals itself.
        }
    }

    // Other forms of ASCII letters, which every browser reads as these (Unicode Technical Standard #46, section 4). By hand, because the base library's
    // normalisation needs data that this program runs without.
    static string Plain(string host)
    {
        if (System.Text.Ascii.IsValid(host))
        {
            return host;
        }
        var plain = new StringBuilder();
        foreach (var rune in host.EnumerateRunes())
        {
            var (code, shown) = (rune.Value, rune.ToString());
            plain.Append(code switch
            {
                0x3002 or 0xff61 => ".",
                0x00ad or 0x200b or 0x2060 or 0xfeff => "",
                >= 0xff01 and <= 0xff5e => Letter(code - 0xfee0),
                >= 0x24b6 and <= 0x24cf => Letter('A' + code - 0x24b6),
                >= 0x24d0 and <= 0x24e9 => Letter('a' + code - 0x24d0),
                >= 0x1d400 and <= 0x1d6a3 => Letter("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(code - 0x1d400) % 52]),
                >= 0x1d7ce and <= 0x1d7ff => Letter('0' + (code - 0x1d7ce) % 10),
                _ => shown,
            });
        }
        return plain.ToString();
    }

    static string Letter(int code) => ((char)code).ToString();
}
