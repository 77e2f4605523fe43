using Tracker.Settings;
using Tracker.Storage;
using Tracker.Web;

namespace Tracker.Commands;

/// <summary>What every verb starts from: the settings and the database beside a server that may be running.</summary>
/// <param name="settingArguments">The --Name=value arguments.</param>
public sealed class CommandContext(string[] settingArguments)
{
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>appsettings.json beside the program, then the environment, then the command line; last wins.</summary>
    public IConfiguration Configuration { get; } = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables().AddCommandLine(settingArguments).Build();

    /// <summary>Reads the settings and makes the data folder.</summary>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public TrackerSettings Settings()
    {
        var settings = TrackerSettings.Read(Configuration);
        PrivateFolder.Create(settings.DataFolder);
        return settings;
    }

    /// <summary>The product's parts, without a server around them.</summary>
    public ServiceProvider Services(TrackerSettings settings)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning)).AddMetrics().AddTracker(settings);
        return services.BuildServiceProvider();
    }

    /// <summary>The database, migrated when needed.</summary>
    public async Task<T> WithDatabaseAsync<T>(TrackerSettings settings, Func<Database, Task<T>> work, CancellationToken ct)
    {
        await using var database = new Database(settings.ConnectionString, settings.DataFolder);
        await Migrations.RunAsync(database, Time, ct);
        return await work(database);
    }
}
