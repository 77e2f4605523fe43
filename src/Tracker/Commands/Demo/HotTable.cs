using System.Globalization;
using System.Text.Json;

namespace Tracker.Commands.Demo;

/// <summary>What the day came to: the hot list, as the API gives it.</summary>
static class HotTable
{
    public static void Show(JsonElement hot)
    {
        Line.Of(("", "default")).Write();
        Line.Of(("The day is over. Who to call first, from GET /api/v1/prospects/hot:", "bold")).Write();
        foreach (var item in hot.GetProperty("items").EnumerateArray())
        {
            var heat = item.GetProperty("heat").GetDouble().ToString("0.0", CultureInfo.InvariantCulture);
            Line.Of(
                ($"  {heat,5}  ", "bold yellow"),
                ($"{item.GetProperty("name").GetString(),-17}", "bold"),
                ($"{item.GetProperty("company").GetString(),-19}", "default"),
                (string.Join(", ", item.GetProperty("reasons").EnumerateArray().Skip(1).Select(r => r.GetString())), "grey")).Write();
        }
        Line.Of(("The server stays up, and now and then somebody comes back. Ctrl+C stops it.", "default")).Write();
        Line.Of(("", "default")).Write();
    }
}
