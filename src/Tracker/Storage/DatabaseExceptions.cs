using System.Data.Common;

namespace Tracker.Storage;

/// <summary>The database's file is damaged; nothing is read from it or written to it any more.</summary>
public sealed class DamagedDatabaseException(string message) : DbException(message);

/// <summary>The database's file is not where it was.</summary>
public sealed class MissingDatabaseException(string message) : DbException(message);

/// <summary>The server was told to do without a database.</summary>
public sealed class UnusedDatabaseException(string message) : DbException(message);
