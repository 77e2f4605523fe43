using System.Globalization;
using Tracker.Domain.Scoring;
using Tracker.Storage;

namespace Tracker.Engagement;

/// <summary>
/// Heat keys are counted in half-lives, so a changed half-life makes the stored ones mean something else. At the first start with a new one every key is
/// converted: the heat of that moment is kept and fades at the new pace from then on.
/// </summary>
public static class HeatScaleChange
{
    const string Name = "heat half-life ms";

    // A prospect has the same key with each of their reps.
    static readonly (string Table, string Id)[] Tables = [("prospects", "id"), ("prospect_reps", "prospect_id"), ("companies", "id")];

    sealed record Row
    {
        public long Id { get; init; }
        public long HeatKey { get; init; }
    }

    public static async Task ApplyAsync(Session session, TimeSpan halfLife, DateTimeOffset now)
    {
        var seen = await session.ScalarAsync<string?>("select value from settings_seen where name = @Name", new { Name });
        var current = ((long)halfLife.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        if (seen == current)
        {
            return;
        }
        if (seen is not null)
        {
            var (before, after) = (new HeatScale(TimeSpan.FromMilliseconds(long.Parse(seen, CultureInfo.InvariantCulture))), new HeatScale(halfLife));
            foreach (var (table, id) in Tables)
            {
                foreach (var row in await session.QueryAsync<Row>($"select {id} as id, heat_key from {table} where heat_key > @cold", new { cold = HeatScale.Cold }))
                {
                    await session.ExecuteAsync(
                        $"update {table} set heat_key = @key where {id} = @id", new { id = row.Id, key = after.KeyOf(before.HeatAt(row.HeatKey, now), now) });
                }
            }
        }
        await session.ExecuteAsync(
            "insert into settings_seen (name, value) values (@Name, @current) on conflict (name) do update set value = excluded.value", new { Name, current });
    }
}
