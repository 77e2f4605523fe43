using System.Diagnostics;
using System.Globalization;

namespace Tracker.Tests.Support;

/// <summary>A PostgreSQL of a test's own, to be stopped at once, frozen and started again. The one that <c>./test</c> starts is everybody's.</summary>
sealed class PostgresServer : IAsyncDisposable
{
    readonly string _programs;
    readonly string _folder = Directory.CreateTempSubdirectory("tracker-postgres-").FullName;
    readonly int _port = TcpPorts.Free();

    bool _isFrozen;

    PostgresServer(string programs) => _programs = programs;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    string Data => Path.Combine(_folder, "data");

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=tracker;Database=postgres";

    public static async Task<PostgresServer> StartAsync()
    {
        var programs = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) : null;
        Assert.SkipWhen(programs is null, "There is no PostgreSQL to start; ./test installs one.");
        var server = new PostgresServer(programs!);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "postgres", server._folder);
        }
        await server.AsPostgresAsync("initdb", "-D", server.Data, "-U", "tracker", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
        await server.BeginAsync();
        return server;
    }

    public Task BeginAsync() => AsPostgresAsync(
        "pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder}", "start");

    /// <summary>As a crash does: nobody is waited for, nothing is written down.</summary>
    public Task StopAtOnceAsync() => AsPostgresAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Takes connections and answers nobody.</summary>
    public async Task FreezeAsync()
    {
        _isFrozen = true;
        var first = await FirstAsync();
        // The first one first: it makes no more of the others then, and one that ends meanwhile keeps its number until the first one runs again.
        await RunAsync("kill", "-STOP", first);
        await RunAsync("kill", ["-STOP", .. await OthersAsync(first)]);
    }

    /// <summary>In the opposite order: the others may end as soon as they run, and only the first one forgets their numbers.</summary>
    public async Task ThawAsync()
    {
        _isFrozen = false;
        var first = await FirstAsync();
        await RunAsync("kill", ["-CONT", .. await OthersAsync(first), first]);
    }

    async Task<string> FirstAsync() => (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid"), Ct))[0];

    static async Task<string[]> OthersAsync(string first) =>
        (await File.ReadAllTextAsync($"/proc/{first}/task/{first}/children", Ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // PostgreSQL refuses to run as root; its package brings a user for it.
    Task AsPostgresAsync(string program, params string[] arguments)
    {
        string[] line = [Path.Combine(_programs, program), .. arguments];
        return Environment.IsPrivilegedProcess ? RunAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", .. line]) : RunAsync(line[0], line[1..]);
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        // The server keeps what it is given, so it is given nothing that somebody reads to its end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null", "sh", program, .. arguments]))!;
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            if (_isFrozen)
            {
                await ThawAsync();
            }
            await StopAtOnceAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }
}
