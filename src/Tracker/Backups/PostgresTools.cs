using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tracker.Backups;

/// <summary>PostgreSQL's own tools: nobody else can take a consistent copy of a running server, and nobody should try.</summary>
static class PostgresTools
{
    public static void Dump(string connectionString, string file) =>
        Run("pg_dump", connectionString, "--format=custom", "--no-owner", "--no-privileges", "--file=" + file);

    /// <param name="replace">Drops what is there under the same names first.</param>
    public static void Restore(string connectionString, string file, bool replace)
    {
        string[] drop = replace ? ["--clean", "--if-exists"] : [];
        Run("pg_restore", connectionString, [.. drop, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=" + new NpgsqlConnectionStringBuilder(connectionString).Database, file]);
    }

    /// <exception cref="InvalidDataException">It is no dump that can be read.</exception>
    public static void Check(string file)
    {
        try
        {
            Run("pg_restore", "", "--list", file);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"{file} cannot be read: {e.Message}", e);
        }
    }

    static void Run(string tool, string connectionString, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        // In the environment: arguments can be read by everybody on the machine.
        Set(start, "PGHOST", target.Host);
        Set(start, "PGPORT", connectionString.Length == 0 ? null : target.Port.ToString(CultureInfo.InvariantCulture));
        Set(start, "PGUSER", target.Username);
        Set(start, "PGPASSWORD", target.Password);
        Set(start, "PGDATABASE", target.Database ?? target.Username);
        Set(start, "PGPASSFILE", target.Passfile);
        Set(start, "PGSSLMODE", connectionString.Contains("ssl", StringComparison.OrdinalIgnoreCase) ? target.SslMode.ToString().ToLowerInvariant().Replace("verifyca", "verify-ca", StringComparison.Ordinal).Replace("verifyfull", "verify-full", StringComparison.Ordinal) : null);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd().Trim();
            output.GetAwaiter().GetResult();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new IOException($"{tool} failed: {error}");
            }
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{tool} is not there. Install PostgreSQL's client tools, of the server's version or newer (Debian: apt-get install postgresql-client).", e);
        }
    }

    static void Set(ProcessStartInfo start, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            start.Environment[name] = value;
        }
    }
}
