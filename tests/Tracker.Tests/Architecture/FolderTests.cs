using System.Text.RegularExpressions;

namespace Tracker.Tests.Architecture;

/// <summary>
/// A feature folder uses what all share and otherwise as little of its neighbours as it can. What it does use stands here, so that a new thread between
/// two folders is a decision and not an accident; a thread that is gone has to leave the list.
/// </summary>
public sealed partial class FolderTests
{
    static readonly string[] Shared = ["Storage", "Web", "Journal", "Settings", "Domain", "Access"];

    // Put together at the top, or below everything: not features.
    static readonly string[] NotFeatures = ["Web", "Storage", "Settings", "Commands", "Access"];

    /// <summary>Today's calls from one feature into another, and what for.</summary>
    static readonly Dictionary<string, string[]> Calls = new()
    {
        ["Engagement"] = ["Feed", "Hits", "Outbound", "Prompts", "Prospects"],   // reads records, tells the feed, raises prompts, asks for names of links and for refusals
        ["FollowUp"] = ["Prompts", "Prospects"],                                 // a call that is logged answers its prompts; a deal or an import brings its prospect
        ["Inbound"] = ["Engagement", "Feed", "FollowUp", "Outbound", "Prompts", "Prospects"],   // what an answer means: heat, feed, what is owed, failed deliveries, prompts, phone numbers
        ["Hits"] = ["Switches"],                                                 // where a link leads now
        // Tells of failed deliveries; has a mail judged again when its time of sending is told; makes the recipients prospects, asks for refusals and whether the rep is stopped.
        ["Outbound"] = ["Engagement", "Feed", "Prospects", "Switches"],
        ["Pages"] = ["Engagement", "Feed", "FollowUp", "Hits", "Inbound", "Outbound", "Prompts", "Prospects", "SetUp"],   // shows what all of them have to say
        ["Prompts"] = ["Feed", "FollowUp", "Prospects"],                         // tells the feed, owes calls, asks the guard for its advice, shows a prospect to whom a prompt is handed
        ["Prospects"] = ["FollowUp"],                                            // shows what is owed
        ["SetUp"] = ["Engagement", "Hits", "Outbound"],                          // fetches a pixel and a link of its own, asks how the projector does
        ["Traces"] = ["Engagement", "Hits", "Outbound", "Prompts"],              // plays recorded traffic through all of them, writes hits as traces
    };

    static readonly Dictionary<string, string[]> Tables = new()
    {
        ["Access"] = ["reps", "sessions", "sign_in_links", "api_keys", "rep_addresses"],
        ["Engagement"] = ["hits", "held_hits", "hits_set_aside", "checkpoints", "clients", "networks", "reasons", "company_scans", "thread_views"],
        ["Feed"] = ["feed"],
        ["FollowUp"] =
        [
            "obligations", "follow_ups", "stage_settings", "deals", "deal_moves", "plans", "plan_touches", "insights", "touches", "bank_entries", "rep_hours", "rep_zones", "rep_days_off", "referrals",
            "promised_items", "prospect_dates", "interests",
        ],
        ["Hits"] = ["office_networks"],
        ["Inbound"] = ["answers", "answer_mailboxes"],
        ["Outbound"] = ["messages", "message_metadata", "links", "copies", "deliveries", "delivery_mails", "rep_options", "mail_accounts"],
        ["Prompts"] = ["prompts", "rep_alerts"],
        ["Prospects"] = ["prospects", "prospect_reps", "companies", "refusals"],
        ["Web"] = ["idempotent_requests"],
        ["Storage"] = ["schema_versions", "nodes", "signing_keys"],
        ["Switches"] = ["link_rules"],
    };

    /// <summary>Another's table that is written. Each is derived state that the engagement keeps, or old rows that housekeeping removes.</summary>
    static readonly Dictionary<string, string[]> Writes = new()
    {
        ["Engagement"] = ["prospects", "prospect_reps", "companies", "copies"],
        ["Web"] = ["feed", "sessions", "sign_in_links", "rep_addresses"],
    };

    /// <summary>Another's tables that are read, mostly joined for a name to show.</summary>
    static readonly Dictionary<string, string[]> Reads = new()
    {
        ["Backups"] = ["checkpoints", "hits"],
        ["Commands"] = ["checkpoints", "copies", "hits", "hits_set_aside"],
        ["Engagement"] = ["answers", "companies", "copies", "deal_moves", "deals", "links", "messages", "prompts", "prospects", "rep_addresses", "touches"],
        ["Feed"] = ["prospect_reps"],
        ["FollowUp"] = ["companies", "copies", "messages", "prompts", "prospect_reps", "prospects", "reps"],
        ["Inbound"] = ["companies", "copies", "messages", "prospects"],
        ["Hits"] = ["reps"],
        ["Switches"] = ["copies", "messages", "reps"],
        ["Outbound"] = ["reps"],
        ["Prompts"] = ["companies", "messages", "obligations", "prospects", "reps", "touches"],
        ["Prospects"] = ["copies", "deals", "links", "messages", "prompts", "reps"],
        ["Traces"] = ["hits", "prompts", "reasons"],
        ["Web"] = ["message_metadata", "feed"],
    };

    static IEnumerable<(string Folder, string Match)> Matches(Regex regex) =>
        from file in Source.Files
        let folder = Source.FolderOf(file.Path)
        where folder is not null
        from line in Source.Code(file.Lines)
        from match in regex.Matches(line)
        select (folder, match.Groups["name"].Value);

    static void Same(Dictionary<string, string[]> listed, IEnumerable<(string Folder, string Match)> found)
    {
        static string Text(IEnumerable<string> names) => string.Join('\n', names.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Text(listed.SelectMany(l => l.Value.Select(v => $"{l.Key} -> {v}"))), Text(found.Select(f => $"{f.Folder} -> {f.Match}")));
    }

    [Fact]
    public void Features_call_each_other_only_where_it_is_listed()
    {
        var features = Directory.GetDirectories(Path.Combine(Source.Root, "src", "Tracker")).Select(d => Path.GetFileName(d)!).Where(d => char.IsAsciiLetterUpper(d[0])).ToList();
        Same(Calls, Matches(Use()).Where(u => features.Contains(u.Match) && u.Match != u.Folder && !Shared.Contains(u.Match) && !NotFeatures.Contains(u.Folder)));
    }

    [Fact]
    public void What_all_share_stands_below_the_features() =>
        Assert.DoesNotContain(Matches(Use()), u => u.Folder is "Storage" or "Settings" && u.Match is not ("Storage" or "Settings" or "Domain"));

    static Func<(string Folder, string Match), bool> Foreign => use => Tables.Values.Any(t => t.Contains(use.Match)) && !(Tables.TryGetValue(use.Folder, out var own) && own.Contains(use.Match));

    [Fact]
    public void A_table_is_written_by_its_own_feature_but_where_it_is_listed() => Same(Writes, Matches(Write()).Where(Foreign));

    [Fact]
    public void A_table_is_read_by_its_own_feature_but_where_it_is_listed() => Same(Reads, Matches(Read()).Where(Foreign));

    [Fact]
    public void Every_table_has_an_owner()
    {
        var made = Directory.GetFiles(Path.Combine(Source.Root, "migrations"), "*.sql").SelectMany(File.ReadLines).SelectMany(l => Create().Matches(l)).Select(m => m.Groups["name"].Value);
        Assert.Empty(made.Distinct().Except(Tables.Values.SelectMany(t => t)).Except(["settings_seen", "hits_by_id"]));
    }

    [GeneratedRegex(@"(?:^using (?:static )?Tracker\.|(?<![\w.""])(?=(?:Web|Hits|Inbound|Outbound|Engagement|Prompts|Prospects|Feed|FollowUp|Pages|Access|Journal)\.[A-Z]))(?<name>\w+)")]
    private static partial Regex Use();

    [GeneratedRegex(@"\b(?:insert into|update|delete from) (?<name>[a-z_]+)")]
    private static partial Regex Write();

    [GeneratedRegex(@"(?<!delete )\b(?:from|join) (?<name>[a-z_]+)")]
    private static partial Regex Read();

    [GeneratedRegex("^create table (?:if not exists )?(?<name>[a-z_]+)")]
    private static partial Regex Create();
}
