using System.Globalization;
using System.Text.RegularExpressions;

namespace Tracker.Tests.Outbound.Filter;

/// <param name="Main">Lines of main.cf; they win over those before them.</param>
/// <param name="Services">Lines of master.cf.</param>
/// <param name="FallBack">Sends past a filter that is away, as the documentation says.</param>
sealed record PostfixMore(string Main = "", string Services = "", bool FallBack = false);

/// <summary>A real Postfix of the test's own: configuration, queue and ports. What docs/mail-postfix.md says to append is appended as it stands there, but for the ports.</summary>
sealed partial class Postfix : IAsyncDisposable
{
    const string Daemons = "/usr/lib/postfix/sbin";

    readonly string _folder = Directory.CreateTempSubdirectory("tracker-postfix-").FullName;

    /// <summary>Where mail programs send to.</summary>
    public int Front { get; } = FreePort();

    /// <summary>The same way through two queues, without the filter in between.</summary>
    public int Unfiltered { get; } = FreePort();

    /// <summary>Straight on, as without any content filter.</summary>
    public int Direct { get; } = FreePort();

    /// <summary>Where the filter hands mail back.</summary>
    public int Reinjection { get; } = FreePort();

    /// <summary>Where the filter has to listen.</summary>
    public int Filter { get; } = FreePort();

    string Config => Path.Combine(_folder, "etc");

    public string Log => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing =>
        !File.Exists($"{Daemons}/master") ? "Postfix is not installed; ./test installs it." : !Environment.IsPrivilegedProcess ? "Postfix can only be started by root." : null;

    /// <param name="deliverTo">Port of the server that stands for the rest of the world.</param>
    /// <param name="dkim">Port of a signing milter.</param>
    /// <param name="more">What a test has of its own in the configuration.</param>
    public static async Task<Postfix> StartAsync(int deliverTo, int? dkim = null, PostfixMore? more = null)
    {
        var postfix = new Postfix();
        await postfix.LaunchAsync(deliverTo, dkim, more ?? new());
        return postfix;
    }

    async Task LaunchAsync(int deliverTo, int? dkim, PostfixMore more)
    {
        await RunAsync("chmod", "755", _folder);
        Directory.CreateDirectory(Config);
        Directory.CreateDirectory(Path.Combine(_folder, "queue"));
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        await RunAsync("chown", "postfix", Path.Combine(_folder, "data"));
        await File.WriteAllTextAsync(Path.Combine(Config, "main.cf"), $"""
            compatibility_level = 3.6
            command_directory = /usr/sbin
            daemon_directory = {Daemons}
            data_directory = {_folder}/data
            queue_directory = {_folder}/queue
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = {_folder}/log
            maillog_file_prefixes = {_folder}
            myhostname = mail.example.com
            mydestination =
            mynetworks = 127.0.0.0/8
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            alias_maps =
            alias_database =
            local_recipient_maps =
            relayhost = [127.0.0.1]:{deliverTo}
            smtp_dns_support_level = disabled
            smtp_line_length_limit = 0
            smtputf8_enable = yes
            smtpd_peername_lookup = no
            local_header_rewrite_clients =
            message_size_limit = 25000000
            smtpd_client_connection_count_limit = 0
            queue_run_delay = 1s
            minimal_backoff_time = 1s
            maximal_backoff_time = 1s
            {Documented("postfix-main")}
            {more.Main}
            """.ReplaceLineEndings("\n") + "\n");
        var master = Documented("postfix-master");
        if (more.FallBack)
        {
            master = master.Replace("  -o smtp_line_length_limit=0\n", "  -o smtp_line_length_limit=0\n" + Documented("postfix-fallback").TrimEnd() + "\n", StringComparison.Ordinal);
        }
        if (dkim is not null)
        {
            master = master.Replace("  -o smtpd_milters=\n", Documented("postfix-dkim").Replace("8891", dkim.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).TrimEnd() + "\n", StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(Path.Combine(Config, "master.cf"), $"""
            127.0.0.1:{Front} inet n - n - - smtpd
            127.0.0.1:{Direct} inet n - n - - smtpd -o content_filter=
            127.0.0.1:{Unfiltered} inet n - n - - smtpd -o content_filter=scan:[127.0.0.1]:{Reinjection}
            pickup unix n - n 60 1 pickup
            flush unix n - n 1000? 0 flush
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            relay unix - - n - - smtp
            showq unix n - n - - showq
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd
            {master}
            {more.Services}
            """.ReplaceLineEndings("\n") + "\n");
        // It comes back when the ports are open: master(8), -w.
        await RunAsync("postfix", "-c", Config, "start");
        Expect(Accepts(Front) && Accepts(Reinjection), "Postfix does not listen: " + Log);
    }

    /// <summary>A block of the page that tells people what to append.</summary>
    string Documented(string language)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tracker.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }
        var page = File.ReadAllText(Path.Combine(root, "docs", "mail-postfix.md"));
        var block = Regex.Match(page, $"^( *)```{language}\n(.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline);
        Expect(block.Success, $"docs/mail-postfix.md has no block {language}");
        var indent = block.Groups[1].Length;
        return string.Concat(block.Groups[2].Value.Split('\n').Select(l => (l.Length > indent ? l[indent..] : "") + "\n"))
            .Replace("10025", $"{Filter}", StringComparison.Ordinal).Replace("10026", $"{Reinjection}", StringComparison.Ordinal);
    }

    /// <summary>What waits in the queue.</summary>
    public async Task<int> WaitingAsync() => Id().Count(await OutputAsync("postqueue", "-c", Config, "-j"));

    public Task FlushAsync() => RunAsync("postqueue", "-c", Config, "-f");

    /// <summary>Waits until nothing is under way any more; tries again at once what was put off.</summary>
    public async Task EmptyAsync(TimeSpan within)
    {
        using var log = new QueueLog(Path.Combine(_folder, "log"));
        var began = TimeProvider.System.GetTimestamp();
        while (await WaitingAsync() is > 0 and var waiting)
        {
            if (TimeProvider.System.GetElapsedTime(began) > within)
            {
                throw new InvalidOperationException($"mail still waits:\n{await OutputAsync("postqueue", "-c", Config, "-p")}");
            }
            await FlushAsync();
            await log.LeftAsync(waiting);
        }
    }

    public int Count(string inLog) => Regex.Count(Log, inLog);

    [GeneratedRegex("\"queue_id\"")]
    private static partial Regex Id();

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync("postfix", ["-c", Config, "stop"]);
        Directory.Delete(_folder, recursive: true);
    }
}
