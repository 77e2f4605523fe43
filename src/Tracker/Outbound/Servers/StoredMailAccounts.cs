using Tracker.Access;
using Tracker.Domain.Tokens;
using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Outbound.Servers;

/// <summary>An account as an administrator set it on the page.</summary>
/// <param name="For">Addresses and domains; empty: everybody else.</param>
/// <param name="HasPassword">The password itself is never shown again.</param>
public sealed record StoredMailAccount(string Name, IReadOnlyList<string> For, MailServer Server, string User, bool HasPassword, string? ChangedBy, DateTimeOffset ChangedAt);

/// <summary>The accounts that were set on the page. They are asked for anew each time, so that a change holds on every server from the next mail on.</summary>
public static class StoredMailAccounts
{
    /// <summary>Equal by value: the same row makes the same account, with its open connections.</summary>
    public sealed record Row
    {
        public string Name { get; init; } = "";
        public string Serves { get; init; } = "";
        public string Host { get; init; } = "";
        public long Port { get; init; }
        public string Tls { get; init; } = "";
        public string UserName { get; init; } = "";
        public string SealedPassword { get; init; } = "";
        public string? ChangedBy { get; init; }
        public long ChangedAtMs { get; init; }

        MailServer Server => new(Host, (int)Port, Tls);

        IReadOnlyList<string> For => Serves.Split(',', StringSplitOptions.RemoveEmptyEntries);

        public StoredMailAccount ToView() => new(Name, For, Server, UserName, SealedPassword.Length > 0, ChangedBy, Times.Of(ChangedAtMs));

        public MailAccount ToAccount(KeyRing ring, string certificateFile) => new(
            Name, For, Server, null, "INBOX", UserName,
            SealedPassword.Length == 0 ? Secret.None : Secret.Sealed(() => PasswordSeal.Open(ring, SealedPassword, BelongsTo(Server, UserName))), null, certificateFile);
    }

    /// <summary>Where the password may be sent, by whom, and how that is protected.</summary>
    static string BelongsTo(MailServer server, string user) => $"{server.Host}\n{server.Port}\n{server.Tls}\n{user}";

    public static Task<IReadOnlyList<Row>> RowsAsync(Session session) => session.QueryAsync<Row>("""
        select a.name, a.serves, a.host, a.port, a.tls, a.user_name, a.sealed_password, r.name as changed_by, a.changed_at_ms
        from mail_accounts a left join reps r on r.id = a.rep_id order by a.name
        """);

    public static async Task<IReadOnlyList<StoredMailAccount>> ListAsync(Session session) => [.. (await RowsAsync(session)).Select(r => r.ToView())];

    /// <param name="password">Null: the one that is stored stays, which only the same server and user can use.</param>
    public static async Task SaveAsync(Session session, KeyRing ring, StoredMailAccount account, string? password, Rep by, DateTimeOffset now)
    {
        var kept = password is null
            ? await session.ScalarAsync<string?>("select sealed_password from mail_accounts where name = @Name", new { account.Name }) ?? ""
            : password.Length == 0 ? "" : PasswordSeal.Seal(ring, password, BelongsTo(account.Server, account.User));
        await session.ExecuteAsync("""
            insert into mail_accounts (name, serves, host, port, tls, user_name, sealed_password, rep_id, changed_at_ms)
            values (@name, @serves, @host, @port, @tls, @user, @kept, @rep, @now)
            on conflict (name) do update set serves = excluded.serves, host = excluded.host, port = excluded.port, tls = excluded.tls, user_name = excluded.user_name,
                sealed_password = excluded.sealed_password, rep_id = excluded.rep_id, changed_at_ms = excluded.changed_at_ms
            """, new
        {
            name = account.Name, serves = string.Join(',', account.For), host = account.Server.Host, port = (long)account.Server.Port, tls = account.Server.Tls, user = account.User, kept,
            rep = by.Id, now = now.Ms(),
        });
    }

    public static Task<int> RemoveAsync(Session session, string name) => session.ExecuteAsync("delete from mail_accounts where name = @name", new { name });
}
