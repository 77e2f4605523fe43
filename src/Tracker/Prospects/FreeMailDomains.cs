namespace Tracker.Prospects;

/// <summary>
/// Domains whose addresses say nothing about an employer: two people there are not colleagues. The large consumer providers, by their own lists of
/// the domains they offer (Google, Microsoft, Yahoo, Apple, Proton, Fastmail, GMX, web.de, T-Online, Orange, Free, Libero, Mail.ru, Yandex, QQ, NetEase).
/// </summary>
public static class FreeMailDomains
{
    static readonly HashSet<string> Domains = new(StringComparer.OrdinalIgnoreCase)
    {
        "gmail.com", "googlemail.com",
        "outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.it", "hotmail.es",
        "live.com", "live.co.uk", "live.de", "live.fr", "live.nl", "msn.com", "passport.com",
        "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.com.br", "ymail.com",
        "rocketmail.com", "aol.com", "aim.com", "verizon.net", "att.net", "comcast.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net",
        "icloud.com", "me.com", "mac.com", "privaterelay.appleid.com",
        "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com", "tutanota.de", "tuta.io", "tuta.com", "hey.com", "fastmail.com", "fastmail.fm",
        "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "mailbox.org", "1und1.de",
        "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "neuf.fr", "bbox.fr", "libero.it", "virgilio.it", "alice.it", "tiscali.it", "tin.it",
        "telefonica.net", "terra.es", "sapo.pt", "ziggo.nl", "kpnmail.nl", "planet.nl", "telenet.be", "skynet.be", "bluewin.ch", "hispeed.ch",
        "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "email.cz", "centrum.cz", "azet.sk", "abv.bg", "freemail.hu", "citromail.hu",
        "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "ukr.net", "i.ua",
        "qq.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "foxmail.com", "aliyun.com", "naver.com", "hanmail.net", "daum.net",
        "rediffmail.com", "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br", "btinternet.com", "sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com",
        "bigpond.com", "optusnet.com.au", "xtra.co.nz", "shaw.ca", "rogers.com", "sympatico.ca", "mail.com", "email.com", "zoho.com", "zohomail.com",
    };

    public static bool Contains(string domain) => Domains.Contains(domain);
}
