using Tracker.Storage;

namespace Tracker.Prompts;

/// <summary>What a rep wants to be told of a new call besides the page itself.</summary>
/// <param name="Notify">A notification of the desktop.</param>
/// <param name="Sound">Two quiet notes.</param>
/// <param name="PerHour">At most so many an hour; calls beyond that arrive silently.</param>
/// <param name="WorkingHoursOnly">Silent outside the hours the rep works, and on their days off.</param>
public sealed record AlertChoices(bool Notify, bool Sound, int PerHour, bool WorkingHoursOnly)
{
    public const int FewestPerHour = 1, MostPerHour = 60;

    /// <summary>Nobody is disturbed who did not ask for it. Six an hour: one call at a time, about ten minutes each.</summary>
    public static readonly AlertChoices Quiet = new(false, false, 6, false);

    sealed record Row
    {
        public long Notify { get; init; }
        public long Sound { get; init; }
        public long PerHour { get; init; }
        public long WorkingHoursOnly { get; init; }
    }

    public static async Task<AlertChoices> OfAsync(Session session, long repId) =>
        await session.FirstAsync<Row>("select notify, sound, per_hour, working_hours_only from rep_alerts where rep_id = @repId", new { repId }) is { } row
            ? new(row.Notify != 0, row.Sound != 0, (int)row.PerHour, row.WorkingHoursOnly != 0)
            : Quiet;

    public static Task PutAsync(Session session, long repId, AlertChoices choices) => session.ExecuteAsync("""
        insert into rep_alerts (rep_id, notify, sound, per_hour, working_hours_only) values (@repId, @notify, @sound, @perHour, @hours)
        on conflict (rep_id) do update set notify = excluded.notify, sound = excluded.sound, per_hour = excluded.per_hour, working_hours_only = excluded.working_hours_only
        """, new
    {
        repId, notify = choices.Notify ? 1L : 0L, sound = choices.Sound ? 1L : 0L, hours = choices.WorkingHoursOnly ? 1L : 0L,
        perHour = (long)Math.Clamp(choices.PerHour, FewestPerHour, MostPerHour),
    });
}
