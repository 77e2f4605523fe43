namespace Tracker.Journal;

/// <summary>Somebody who appended a hit and is told what became of it, without a task of their own.</summary>
public interface IRecordWaiter
{
    /// <summary>
    /// Called once, on a pool thread that then goes on to the next waiter of the batch: must be short, must not block and must not throw.
    /// </summary>
    /// <param name="recorded">As <see cref="Appended.Recorded"/>.</param>
    void Recorded(bool recorded);
}
