using Tracker.Domain.Tokens;
using Tracker.Storage;

namespace Tracker.Tests.Faults;

/// <summary>A database of an earlier schema with one mail that is out and very many hits of it, made by the migrations' own steps up to there.</summary>
static class OldDatabase
{
    public const string Destination = "https://example.com/pricing";

    /// <summary>The id below the first hit's.</summary>
    public const long FirstHit = 1_700_000_000_000;

    public static readonly CopyId Copy = new(7);

    static readonly (long Version, string Name, string Resource)[] All =
    [
        .. from resource in typeof(Migrations).Assembly.GetManifestResourceNames()
           where resource.StartsWith("migrations/", StringComparison.Ordinal)
           let parts = resource["migrations/".Length..].Split('.')
           select (long.Parse(parts[0].AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture), parts[0][5..], resource),
    ];

    public static int Newest => (int)All.Max(s => s.Version);

    /// <summary>All but today's.</summary>
    public static int[] Earlier => [.. All.Select(s => (int)s.Version).Distinct().Where(v => v < Newest).Order()];

    /// <summary>A database as the program of that version left it.</summary>
    /// <param name="connection">Empty: SQLite in the folder.</param>
    public static async Task MakeAsync(string connection, string dataFolder, int version, int hits, CancellationToken ct)
    {
        await using var database = new Database(connection, dataFolder);
        if (database.SqliteFile is not null)
        {
            await database.ReadAsync(s => s.ScalarAsync<string>("pragma journal_mode = wal"), ct);
        }
        await database.WriteAsync(s => s.ExecuteAsync("create table schema_versions (version bigint primary key, name text not null, applied_at_ms bigint not null)"), ct);
        foreach (var (number, name, resource) in All.Where(s => s.Version <= version && (s.Resource.Split('.').Length == 2 || s.Resource.Split('.')[1] == database.Dialect.Name)).OrderBy(s => s.Version))
        {
            using var text = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(resource)!);
            await database.WriteAsync(async s =>
            {
                await s.ExecuteAsync(await text.ReadToEndAsync(ct));
                await s.ExecuteAsync("insert into schema_versions (version, name, applied_at_ms) values (@number, @name, 1)", new { number, name });
            }, ct);
            if (number == 1)
            {
                await database.WriteAsync(s => FillAsync(s, hits), ct);
            }
        }
    }

    // The feed's entries are of today, or they would be pruned.
    static Task<int> FillAsync(Session session, long hits) => session.ExecuteAsync("""
        insert into reps (email, name, is_admin, created_at_ms) values ('rita@example.com', 'Rita', 1, 1);
        insert into companies (domain, name, heat_key) values ('customer.example', 'Customer', 0);
        insert into prospects (email, rep_id, company_id, created_at_ms, updated_at_ms, heat_key) values ('paul@customer.example', 1, 1, 1, 1, 0);
        insert into prospect_reps (prospect_id, rep_id, heat_key) values (1, 1, 0);
        insert into messages (rep_id, kind, subject, text_fingerprint, metadata, created_at_ms, sent_at_ms) values (1, 'mail', 'Offer', 'x', '{}', 1, 1);
        insert into links (message_id, link, url, tracked) values (1, 0, @Destination, 1);
        insert into copies (token, message_id, prospect_id, recipient, field, instrumented, opens_tracked, links_tracked, last_hit_id, first_hit_at_ms)
            values (@token, 1, 1, 'paul@customer.example', 'to', 1, 1, 1, @FirstHit + @hits, @FirstHit);
        insert into clients (fingerprint, user_agent, headers, last_seen_at_ms) values ('f', 'Mozilla/5.0', '{}', 1);
        insert into reasons (texts) values ('[]');
        insert into checkpoints (node, hit_id) values (0, @FirstHit + @hits);
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @hits)
        insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, source_prefix, source_hash, own_visit, verdict, confidence, reason_id, rules_version)
            select @FirstHit + i, 1, case when i > 1 then @FirstHit + i - 1 end, @FirstHit + i, case when i % 5 = 0 then 1 else 0 end, case when i % 5 = 0 then 0 end, 'GET', 1, '198.51.100.0/24',
                   i * 31, 0, i % 3, 1, 1, 2 from n;
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @hits / 10)
        insert into feed (at_ms, type, rep_id, prospect_id, message_id, data) select @now, 'hit', null, 1, 1, '{}' from n;
        """, new { Destination, FirstHit, hits, token = Copy.ToString(), now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() });
}
