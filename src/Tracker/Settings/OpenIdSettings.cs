namespace Tracker.Settings;

/// <summary>Signing in with an account that is kept elsewhere, by OpenID Connect.</summary>
/// <param name="Authority">The provider's issuer address; empty: off.</param>
/// <param name="Name">What the button calls the provider.</param>
/// <param name="TrustUnverified">Addresses are believed that the provider does not call verified.</param>
/// <param name="CreateFor">Mail domains, in lower case, whose holders become reps by signing in; usually none.</param>
public sealed record OpenIdSettings(string Authority, string ClientId, string ClientSecret, string Name, bool TrustUnverified, IReadOnlyList<string> CreateFor)
{
    public bool IsOn => Authority.Length > 0;

    public static OpenIdSettings Read(SettingsReader read)
    {
        var settings = new OpenIdSettings(
            read.Address("Tracker:OpenId:Authority"),
            read.Text("Tracker:OpenId:ClientId", ""),
            read.Text("Tracker:OpenId:ClientSecret", ""),
            read.Text("Tracker:OpenId:Name", "your company account"),
            read.Flag("Tracker:OpenId:TrustUnverified", false),
            [.. read.Text("Tracker:OpenId:CreateFor", "").ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);
        if (settings.IsOn && settings.ClientId.Length == 0)
        {
            read.Problem("Tracker:OpenId:ClientId", "", "the name under which the provider knows this server; register it there with the address of this server followed by /sign-in/openid/back");
        }
        if (settings.Authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !Consent.IsLoopback(settings.Authority))
        {
            read.Problem("Tracker:OpenId:Authority", settings.Authority, "an https address: who can change what comes over http could sign in as anybody");
        }
        foreach (var domain in settings.CreateFor.Where(d => Uri.CheckHostName(d) != UriHostNameType.Dns))
        {
            read.Problem("Tracker:OpenId:CreateFor", domain, "mail domains separated by commas, such as example.com");
        }
        return settings;
    }
}
