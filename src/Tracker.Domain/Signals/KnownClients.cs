using System.Buffers;

namespace Tracker.Domain.Signals;

/// <summary>
/// What user agents call themselves. Matching ignores case. Read in this order: mail proxies before bots, because generic bot lists call the image proxies of
/// Gmail, Yahoo, HEY, Fastmail and Shortwave bots, and with them every reader behind them.
/// </summary>
static class KnownClients
{
    public readonly record struct Known(string Token, string Name);

    /// <summary>
    /// Fetch a picture when the reader looks at the mail. Strings: SparkPost access log (Gmail), Matomo device-detector fixtures and crawler-user-agents
    /// 1.60.0 (Yahoo, Fastmail, Shortwave, Seznam, Rambler, Ukr.net), hey.com/image-proxy (HEY). OutlookImageProxy is named in much code, never captured.
    /// </summary>
    public static readonly Table MailProxies = new(
        new("GoogleImageProxy", "Gmail"), new("YahooMailProxy", "Yahoo Mail"), new("hey.com/imageproxy", "HEY"), new("FastmailUA", "Fastmail"),
        new("Shortwave Image Fetcher", "Shortwave"), new("SeznamEmailProxy", "Seznam"), new("RamblerMail", "Rambler"), new("mail.ukr.net proxy", "Ukr.net"),
        new("OutlookImageProxy", "Outlook.com"));

    /// <summary>
    /// Name themselves as machines. crawler-user-agents 1.60.0, Matomo bots.yml, vendors' pages; the gateway names near the end were never captured.
    /// </summary>
    public static readonly Table Bots = new(
        new("Slackbot", "Slack link preview"), new("Slack-ImgProxy", "Slack image proxy"), new("SkypeUriPreview", "Teams link preview"),
        new("MicrosoftPreview", "Microsoft link preview"), new("BingPreview", "Bing preview"), new("WhatsApp/", "WhatsApp link preview"),
        new("facebookexternalhit", "Facebook or iMessage link preview"), new("Facebot", "Facebook link preview"), new("Twitterbot", "X link preview"),
        new("TelegramBot", "Telegram link preview"), new("Discordbot", "Discord link preview"), new("LinkedInBot", "LinkedIn link preview"),
        new("GoogleMessages/", "Google Messages link preview"), new("Snap URL Preview", "Snapchat link preview"), new("redditbot", "Reddit link preview"),
        new("Pinterestbot", "Pinterest link preview"), new("Iframely", "Iframely link preview"), new("Embedly", "Embedly link preview"),
        new("Google-Safety", "Google's link safety check"), new("AppEngine-Google", "a Google App Engine fetch (VirusTotal uses it)"),
        new("Googlebot", "Google's crawler"), new("bingbot", "Bing's crawler"), new("Applebot", "Apple's crawler"), new("YandexBot", "Yandex's crawler"),
        new("Baiduspider", "Baidu's crawler"), new("AdsBot-Google", "Google's ad crawler"), new("Mediapartners-Google", "Google's ad crawler"),
        new("Barracuda Sentinel", "Barracuda's link scanner"), new("Kaspersky Lab CFR", "Kaspersky's link scanner"),
        new("Microsoft Office Existence Discovery", "Office's link check"), new("Chrome Privacy Preserving Prefetch Proxy", "Chrome's prefetch proxy"),
        new("UptimeRobot", "UptimeRobot"), new("Pingdom", "Pingdom"), new("StatusCake", "StatusCake"), new("Site24x7", "Site24x7"),
        new("HeadlessChrome", "a browser without a screen"), new("PhantomJS", "a browser without a screen"), new("Lighthouse", "Lighthouse"),
        new("python-requests", "a Python script"), new("Python-urllib", "a Python script"), new("aiohttp", "a Python script"), new("python-httpx", "a Python script"),
        new("Go-http-client", "a Go program"), new("curl/", "curl"), new("Wget/", "Wget"), new("libwww-perl", "a Perl script"), new("Java/", "a Java program"),
        new("Apache-HttpClient", "a Java program"), new("axios/", "a Node.js program"), new("node-fetch", "a Node.js program"), new("undici", "a Node.js program"),
        new("GuzzleHttp", "a PHP program"), new("Scrapy", "Scrapy"), new("PostmanRuntime", "Postman"), new("WindowsPowerShell", "a PowerShell script"),
        new("mimecast", "Mimecast"), new("proofpoint", "Proofpoint"), new("forcepoint", "Forcepoint"), new("symantec", "Symantec"), new("ironport", "IronPort"),
        new("messagelabs", "MessageLabs"), new("fortinet", "Fortinet"), new("urlscan", "urlscan"),
        new("+http", "a program that gives a contact address"), new("bot/", "a program that calls itself a bot"), new("bot;", "a program that calls itself a bot"),
        new("crawler", "a program that calls itself a crawler"), new("spider", "a program that calls itself a spider"));

    /// <summary>Mail programs that load pictures from the reader's own network. gophish#1920 (raw log), Matomo pim.yml, next-auth#1840 (OneOutlook).</summary>
    public static readonly Table MailPrograms = new(
        new("OneOutlook", "the new Outlook"), new("Microsoft Outlook", "Outlook"), new("ms-office", "Outlook"), new("MacOutlook", "Outlook for Mac"),
        new("Outlook-iOS", "Outlook for iOS"), new("Outlook-Android", "Outlook for Android"), new("Thunderbird", "Thunderbird"), new("Airmail", "Airmail"),
        new("eM Client", "eM Client"), new("eMClient", "eM Client"), new("Mailspring", "Mailspring"), new("Mailbird", "Mailbird"), new("BlueMail", "BlueMail"),
        new("Foxmail", "Foxmail"), new("Postbox", "Postbox"), new("Lotus-Notes", "Notes"), new("NaverMailApp", "Naver Mail"), new("Yahoo%20Mail", "Yahoo Mail"),
        new("YahooMobileMail", "Yahoo Mail"), new("Android-Gmail", "Gmail for Android"), new("Dalvik/", "an Android mail app"), new("The Bat!", "The Bat!"),
        new("Evolution/", "Evolution"), new("KMail", "KMail"), new("Windows-Live-Mail", "Windows Live Mail"), new("SamsungEmail", "Samsung Email"),
        new("Superhuman", "Superhuman"));

    /// <summary>Names that are looked for together; one vectorised pass says whether any is there, and for an ordinary browser none is.</summary>
    public sealed class Table(params Known[] known)
    {
        readonly SearchValues<string> _tokens = SearchValues.Create([.. known.Select(k => k.Token)], StringComparison.OrdinalIgnoreCase);

        /// <returns>The name that comes first in the user agent; null when there is none.</returns>
        public string? NameIn(ReadOnlySpan<char> userAgent)
        {
            var at = userAgent.IndexOfAny(_tokens);
            for (var i = 0; at >= 0 && i < known.Length; i++)
            {
                if (userAgent[at..].StartsWith(known[i].Token, StringComparison.OrdinalIgnoreCase))
                {
                    return known[i].Name;
                }
            }
            return null;
        }
    }
}
