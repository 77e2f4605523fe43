using Tracker.Web;

namespace Tracker.Feed;

/// <summary>Wakes the readers of the feed, after each commit that added to it.</summary>
public sealed class FeedSignal : WakeUp;
