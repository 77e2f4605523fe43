using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tracker.Settings;

/// <summary>Further accounts, where reps or sending domains have servers of their own: a JSON list.</summary>
static class MailAccountsFile
{
    sealed record Server(string Host, int? Port, string? Tls);

    sealed record OAuth(string TokenUrl, string ClientId, string? ClientSecret, string? RefreshToken, string? Scope);

    sealed record Account(
        string Name, IReadOnlyList<string>? For, Server? Smtp, Server? Imap, string? Folder, string? User, string? Password, OAuth? OAuth, string? CertificateFile);

    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = false,
    };

    public static IReadOnlyList<MailAccount> Read(string file, SettingsReader read)
    {
        try
        {
            var accounts = JsonSerializer.Deserialize<List<Account>>(File.ReadAllText(file), Options) ?? [];
            return [.. accounts.Select((a, i) => Of(a, i, read))];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // The message of a JSON error names the place, never the value.
            read.Problem("Tracker:Mail:AccountsFile", file, $"a JSON list of accounts as in docs/mail.md ({e.Message.Split('\n')[0]})");
            return [];
        }
    }

    static MailAccount Of(Account a, int index, SettingsReader read)
    {
        var name = string.IsNullOrEmpty(a.Name) ? $"account {index + 1}" : a.Name;
        return new(
            name, a.For ?? [], Of(a.Smtp, 587, MailServer.StartTls, name, read), Of(a.Imap, 993, MailServer.Implicit, name, read), a.Folder ?? "INBOX", a.User ?? "", new(a.Password ?? ""),
            a.OAuth is { } o ? new(o.TokenUrl ?? "", o.ClientId ?? "", new(o.ClientSecret ?? ""), new(o.RefreshToken ?? ""), o.Scope ?? "") : null, a.CertificateFile ?? "");
    }

    static MailServer? Of(Server? server, int port, string tls, string name, SettingsReader read)
    {
        if (server is null)
        {
            return null;
        }
        if (string.IsNullOrEmpty(server.Host) || server.Port is < 1 or > 65_535 || (server.Tls is { } given && !MailServer.Policies.Contains(given)))
        {
            read.Problem("Tracker:Mail:AccountsFile", $"{name}: {server.Host}:{server.Port} {server.Tls}", $"a host, a port from 1 to 65535 and tls as one of {string.Join(", ", MailServer.Policies)}");
        }
        return new(server.Host ?? "", server.Port ?? port, server.Tls ?? tls);
    }
}
