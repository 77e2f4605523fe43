using System.Diagnostics.Metrics;
using Tracker.Engagement;
using Tracker.Journal;
using Tracker.Storage;

namespace Tracker.Web;

/// <summary>The journal's own figures, read when somebody asks for the metrics.</summary>
public sealed class JournalMetrics
{
    public const string MeterName = "Tracker.Journal";

    public JournalMetrics(IMeterFactory meters, HitJournal journal, Projector projector, Database database)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("tracker.journal.recorded", () => journal.Status.Recorded, "{hit}", "Hits on disk before they were answered.");
        meter.CreateObservableCounter("tracker.journal.unrecorded", () => journal.Status.Unrecorded, "{hit}", "Hits answered without being on disk.");
        meter.CreateObservableGauge("tracker.journal.size", () => journal.Status.Bytes, "By", "Size of the journal's segments.");
        meter.CreateObservableGauge("tracker.journal.healthy", () => journal.Status.Healthy ? 1 : 0, "1", "1 while hits can be written.");
        meter.CreateObservableGauge("tracker.database.wal_size", () => database.WalBytes, "By", "Size of SQLite's write-ahead log; 0 with PostgreSQL.");
        meter.CreateObservableGauge("tracker.journal.behind", () => projector.Position < 0 ? 0 : Math.Max(0, journal.Status.LastRecorded - projector.Position), "{hit}", "Hits on disk that the database does not have yet.");
    }
}
