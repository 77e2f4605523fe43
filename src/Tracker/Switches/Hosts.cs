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
        // Full-width letters, ideographic full stops and soft hyphens lead to the plain host, in every browser.
        var plain = host.Normalize(NormalizationForm.FormKC).Replace('\u3002', '.').Replace("\u00ad", "", StringComparison.Ordinal).ToLowerInvariant().TrimEnd('.');
        try
        {
            return plain.Length == 0 || System.Text.Ascii.IsValid(plain) ? plain : Idn.GetAscii(plain);
        }
        catch (ArgumentException)
        {
            return plain; // No browser takes it either; as it stands it still equals itself.
        }
    }
}
