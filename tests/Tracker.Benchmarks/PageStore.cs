using Tracker.Access;
using Tracker.Domain.Scoring;
using Tracker.Domain.Tokens;
using Tracker.Storage;

namespace Tracker.Benchmarks;

/// <summary>A rep's world of a million hits, written beside the running server as its own engagement would have left it.</summary>
sealed class PageStore(Database database)
{
    public const int Hits = 1_000_000;

    const int Prospects = 2_000, Fresh = 400, HitsACopy = Hits / Prospects, FeedEntries = 200_000, Portion = 20_000;

    static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Copies that nobody has opened yet: each gives one new prompt.</summary>
    public IReadOnlyList<CopyId> Unread { get; } = [.. Enumerable.Range(Prospects, Fresh).Select(Token)];

    public long RepId { get; private set; }

    static CopyId Token(int i) => new((UInt128)(i + 1) << 64 | 7);

    public async Task FillAsync()
    {
        RepId = await database.WriteAsync(async s => (await Reps.AddAsync(s, "rita@example.com", "Rita Rep", Role.Admin, TimeProvider.System.GetUtcNow())).Rep.Id, default);
        await PeopleAsync();
        for (var from = 0; from < Hits; from += Portion)
        {
            var start = from;
            await database.WriteAsync(s => s.InsertAsync(
                "insert into hits (id, copy_id, previous_id, at_ms, kind, link, method, client_id, network_id, source_prefix, source_hash, own_visit, verdict, confidence, reason_id, rules_version) values",
                [.. Enumerable.Range(start, Portion).Select(Hit)]), default);
        }
        for (var from = 0; from < FeedEntries; from += Portion)
        {
            var start = from;
            await database.WriteAsync(s => s.InsertAsync("insert into feed (at_ms, type, rep_id, prospect_id, message_id, data) values", [.. Enumerable.Range(start, Portion).Select(Entry)]), default);
        }
    }

    public Task<string> SessionAsync() => database.WriteAsync(s => Sessions.OpenAsync(s, RepId, "the benchmark", TimeProvider.System.GetUtcNow()), default);

    Task PeopleAsync() => database.WriteAsync(async s =>
    {
        var scale = new HeatScale(HeatWeights.DefaultHalfLife);
        await s.ExecuteAsync("insert into clients (id, fingerprint, user_agent, headers, last_seen_at_ms) values (1, 'f', 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', '{}', @Now)", new { Now });
        await s.ExecuteAsync("insert into reasons (id, texts) values (1, '[\"opened in Firefox\"]')");
        await s.InsertAsync("insert into prospects (id, email, rep_id, name, phone, created_at_ms, updated_at_ms, heat_key, last_engaged_at_ms, looks, sittings, sitting_started_at_ms, sitting_looks, last_copy_id) values",
            [.. Enumerable.Range(0, Prospects + Fresh).Select(i => new object?[] { i + 1L, $"p{i}@customer{i}.example", RepId, $"Prospect {i}", "+44 1632 960 204", Now, Now,
                i < Prospects ? scale.KeyOf(1 + i % 20, TimeProvider.System.GetUtcNow()) : HeatScale.Cold, i < Prospects ? Now : null, i < Prospects ? (long)HitsACopy : 0L, i < Prospects ? 9L : 0L, i < Prospects ? Now : null, 1L, i < Prospects ? i + 1L : null })]);
        await s.ExecuteAsync("insert into prospect_reps (prospect_id, rep_id, heat_key) select id, @RepId, heat_key from prospects", new { RepId });
        await s.InsertAsync("insert into messages (id, rep_id, kind, subject, text_fingerprint, metadata, created_at_ms, sent_at_ms) values",
            [.. Enumerable.Range(0, Prospects + Fresh).Select(i => new object?[] { i + 1L, RepId, "mail", $"Proposal {i}", "", "{}", Now - 86_400_000, Now - 86_400_000 })]);
        await s.InsertAsync("insert into copies (id, token, message_id, prospect_id, recipient, field, instrumented, opens_tracked, links_tracked, last_hit_id, first_hit_at_ms, human_hits) values",
            [.. Enumerable.Range(0, Prospects + Fresh).Select(i => new object?[] { i + 1L, Token(i).ToString(), i + 1L, i + 1L, $"p{i}@customer{i}.example", "to", 1L, 1L, 1L,
                i < Prospects ? (long)(Hits - Prospects + i + 1) : null, i < Prospects ? Now - 80_000_000 : null, i < Prospects ? (long)HitsACopy : 0L })]);
        await s.InsertAsync("insert into links (message_id, link, url, label, tracked) values", [.. Enumerable.Range(0, Prospects + Fresh).Select(i => new object?[] { i + 1L, 1L, Requests.Destination, "Pricing", 1L })]);
    }, default);

    // The i-th hit is of copy i mod Prospects; the copy's hits are a chain.
    static object?[] Hit(int i) =>
    [
        i + 1L, i % Prospects + 1L, i < Prospects ? null : i + 1L - Prospects, Now - 80_000_000L + i * 70L, 0L, null, "GET", 1L, null, "198.51.100.0/24", i % 97L, 0L, 1L, 90L, 1L, 1L,
    ];

    object?[] Entry(int i) =>
    [
        Now - (FeedEntries - i) * 400L, "hit", RepId, i % Prospects + 1L, i % Prospects + 1L,
        $$$"""{"hitId":"{{{Hits - FeedEntries + i + 1}}}","copyId":"1","messageId":"{{{i % Prospects + 1}}}","prospectId":"{{{i % Prospects + 1}}}","recipient":"p@customer.example","subject":"Proposal","kind":"open","at":"{{{DateTimeOffset.FromUnixTimeMilliseconds(Now - (FeedEntries - i) * 400L):O}}}","verdict":"{{{(i % 4 == 0 ? "machine" : "human")}}}","reasons":["opened in Firefox"],"counts":{"human":1,"automatic":0,"unknown":0}}""",
    ];
}
