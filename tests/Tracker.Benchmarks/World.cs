using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tracker.Access;
using Tracker.Domain.Scoring;
using Tracker.Domain.Signals;
using Tracker.Domain.Tokens;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Benchmarks;

/// <summary>
/// A database as years of use leave it: real rows in the real schema, written fast. Each prospect has ten copies, each copy its share of the hits, as a chain in
/// no order that would help: a copy's next hit is any number of hits later.
/// </summary>
/// <param name="Hits">Stored already.</param>
sealed record World(int Prospects, int Hits)
{
    public const int CopiesPerProspect = 10, PeoplePerCompany = 5, LinksPerMessage = 2, Seed = 7;

    const long DayMs = 86_400_000;

    public int Copies => Prospects * CopiesPerProspect;

    /// <summary>A copy's token, by its row's id from 1 on.</summary>
    public static CopyId Token(long copy) => new(((UInt128)(ulong)copy << 64) | 0x5851F42D4C957F2D);

    public async Task CreateAsync(string dataFolder, DateTimeOffset now)
    {
        Directory.CreateDirectory(dataFolder);
        await using (var database = new Database("", dataFolder))
        {
            await Migrations.RunAsync(database, TimeProvider.System, CancellationToken.None);
            await database.WriteAsync(async s =>
            {
                await Reps.AddAsync(s, "rita@example.com", "Rita Rep", Role.Admin, now);
            }, CancellationToken.None);
        }
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(dataFolder, "tracker.db")};Pooling=False");
        await connection.OpenAsync();
        Run(connection, "pragma synchronous = off");
        Run(connection, "pragma cache_size = -400000");
        var last = new long[Copies + 1];
        People(connection, now);
        HitRows(connection, now, last);
        CopyRows(connection, now, last);
        Run(connection, "pragma wal_checkpoint(truncate)");
    }

    void People(SqliteConnection connection, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        var (ms, scale, random) = (now.ToUnixTimeMilliseconds(), new HeatScale(TimeSpan.FromHours(72)), new Random(Seed));
        using var company = Insert(connection, "companies", "id", "domain", "name", "heat_key", "last_engaged_at_ms");
        using var prospect = Insert(connection, "prospects", "id", "email", "rep_id", "company_id", "name", "created_at_ms", "updated_at_ms", "heat_key", "last_engaged_at_ms",
            "sitting_started_at_ms", "sitting_looks", "sittings", "looks", "last_copy_id");
        using var rep = Insert(connection, "prospect_reps", "prospect_id", "rep_id", "heat_key");
        for (var c = 1; c <= (Prospects + PeoplePerCompany - 1) / PeoplePerCompany; c++)
        {
            Put(company, (long)c, $"company{c}.example", $"Company {c}", scale.Add(HeatScale.Cold, 5, now.AddMinutes(-random.Next(50_000))), ms);
        }
        for (var p = 1; p <= Prospects; p++)
        {
            var at = now.AddMinutes(-random.Next(60, 50_000));
            // One in twenty was never seen.
            var key = Hits == 0 || p % 20 == 0 ? HeatScale.Cold : scale.Add(HeatScale.Cold, 1 + random.Next(20), at);
            var seen = key == HeatScale.Cold ? (object)DBNull.Value : at.ToUnixTimeMilliseconds();
            Put(prospect, (long)p, Email(p), 1L, (long)(1 + ((p - 1) / PeoplePerCompany)), $"Person {p}", ms, ms, key, seen, seen, 1L, 1L, 1L, ((p - 1L) * CopiesPerProspect) + 1);
            Put(rep, (long)p, 1L, key);
        }
        transaction.Commit();
    }

    void CopyRows(SqliteConnection connection, DateTimeOffset now, long[] last)
    {
        using var transaction = connection.BeginTransaction();
        var sent = Sent(now);
        using var message = Insert(connection, "messages", "id", "rep_id", "kind", "subject", "from_address", "text_fingerprint", "metadata", "created_at_ms", "sent_at_ms");
        using var link = Insert(connection, "links", "message_id", "link", "url", "label", "tracked");
        using var copy = Insert(connection, "copies", "id", "token", "message_id", "prospect_id", "recipient", "field", "instrumented", "opens_tracked", "links_tracked",
            "last_hit_id", "first_hit_at_ms", "human_hits");
        for (var c = 1; c <= Copies; c++)
        {
            Put(message, (long)c, 1L, "mail", $"Your proposal {c}", "rita@example.com", $"text {c}", "{}", sent, sent);
            for (var l = 0; l < LinksPerMessage; l++)
            {
                Put(link, (long)c, (long)l, $"{Requests.Destination}&link={l}", $"Link {l}", 1L);
            }
            var prospect = 1 + ((c - 1) / CopiesPerProspect);
            Put(copy, (long)c, Token(c).ToString(), (long)c, (long)prospect, Email(prospect), "to", 1L, 1L, (long)LinksPerMessage,
                last[c] == 0 ? DBNull.Value : last[c], last[c] == 0 ? DBNull.Value : sent + DayMs, (long)(Hits / Copies));
        }
        transaction.Commit();
    }

    void HitRows(SqliteConnection connection, DateTimeOffset now, long[] last)
    {
        using var transaction = connection.BeginTransaction();
        Clients(connection, now);
        using var reasons = Insert(connection, "reasons", "id", "texts");
        using var hit = Insert(connection, "hits", "id", "copy_id", "previous_id", "at_ms", "kind", "link", "method", "client_id", "network_id", "source_prefix", "source_hash",
            "own_visit", "other_copies", "verdict", "confidence", "reason_id", "rules_version");
        var random = new Random(Seed);
        var reasonIds = new Dictionary<string, long>();
        var (sent, start) = (Sent(now), now.ToUnixTimeMilliseconds() - (29 * DayMs));
        var step = 28.0 * DayMs / Math.Max(1, Hits);
        for (var i = 0; i < Hits; i++)
        {
            var copy = 1 + random.Next(Copies);
            // Ids as the journal gives them: they begin at the time of the first and are dense from there.
            var (id, at) = (start + i, start + (long)(i * step));
            var visitor = Visitors.Of(copy);
            var judgement = Visitors.Judgement(visitor, DateTimeOffset.FromUnixTimeMilliseconds(sent), DateTimeOffset.FromUnixTimeMilliseconds(at), now);
            if (!reasonIds.TryGetValue(judgement.Reasons[0], out var reason))
            {
                reason = reasonIds[judgement.Reasons[0]] = reasonIds.Count + 1L;
                Put(reasons, reason, JsonSerializer.Serialize(judgement.Reasons, ApiJson.Options));
            }
            Put(hit, id, (long)copy, last[copy] == 0 ? DBNull.Value : last[copy], at, 0L, DBNull.Value, "GET", visitor + 1L,
                DBNull.Value, Visitors.SourcePrefix(copy), Visitors.SourceHash(copy), 0L, 0L, (long)judgement.Verdict, (long)Math.Round(judgement.Confidence * 100), reason,
                (long)Judge.RulesVersion);
            last[copy] = id;
        }
        transaction.Commit();
    }

    static void Clients(SqliteConnection connection, DateTimeOffset now)
    {
        using var client = Insert(connection, "clients", "id", "fingerprint", "user_agent", "headers", "last_seen_at_ms");
        for (var v = 0; v < Visitors.Count; v++)
        {
            Put(client, v + 1L, $"visitor {v}", Visitors.UserAgent(v), JsonSerializer.Serialize(Visitors.Headers), now.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>When all of its mails went out, a day before the first look, in ms since 1970.</summary>
    static long Sent(DateTimeOffset now) => now.ToUnixTimeMilliseconds() - (30 * DayMs);

    public static string Email(int prospect) => $"person{prospect}@company{1 + ((prospect - 1) / PeoplePerCompany)}.example";

    static SqliteCommand Insert(SqliteConnection connection, string table, params string[] columns)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"insert into {table} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select(c => "@" + c))})";
        foreach (var column in columns)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "@" + column });
        }
        return command;
    }

    static void Put(SqliteCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
        command.ExecuteNonQuery();
    }

    static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
