namespace Tracker.Commands;

/// <summary>How this program is called, for commands that are printed to be pasted.</summary>
public static class Invocation
{
    /// <summary>As it is started from the source, or the name of the published program.</summary>
    public static readonly string Text = File.Exists(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Tracker.csproj")) ? "dotnet run --project src/Tracker --" : "tracker";
}
