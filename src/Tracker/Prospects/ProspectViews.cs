using System.Text.Json.Nodes;
using Tracker.FollowUp;

namespace Tracker.Prospects;

/// <summary>Creates or updates by address; what is left out stays as it is.</summary>
public sealed record PutProspect(
    string? Email, string? Name = null, string? Phone = null, string? Company = null, string? TimeZone = null, string? ExternalId = null, JsonObject? Metadata = null);

/// <param name="Heat">Points now.</param>
/// <param name="Refused">True when they do not want to be tracked.</param>
/// <param name="Human">Hits that people made, on all mail to them.</param>
/// <param name="Automatic">Hits that machines made.</param>
/// <param name="Unknown">Hits of which nobody can tell, or that are being checked.</param>
/// <param name="Note">What cannot be known of them.</param>
/// <param name="Owed">What is owed to them, the most urgent first.</param>
public sealed record ProspectView(
    string Id, string Email, string? Name, string? Phone, string? Company, string? TimeZone, string? ExternalId, string? Rep, JsonNode? Metadata, DateTimeOffset CreatedAt,
    double Heat, DateTimeOffset? LastEngagedAt, long Looks, long Clicks, long Sittings, bool Muted, bool Refused, string? PromptId, IReadOnlyList<ObligationView> Owed,
    long Human, long Automatic, long Unknown, string? Note, string? CompanyId = null);

public sealed record HotProspect(
    string Id, string Email, string? Name, string? Phone, string? Company, double Heat, DateTimeOffset? LastEngagedAt, IReadOnlyList<string> Reasons, string? PromptId);

/// <param name="People">How many of its people have ever engaged.</param>
public sealed record HotCompany(string Id, string Name, string Domain, double Heat, DateTimeOffset? LastEngagedAt, long People, IReadOnlyList<string> Reasons);

public sealed record HotList<T>(DateTimeOffset AsOf, IReadOnlyList<T> Items);
