using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Tracker.Benchmarks;

/// <summary>
/// What trackers commonly do, done well: one row a request, committed before the answer, in a table without a secondary index. Requests take turns, because SQLite's own way
/// of waiting, sleeping and trying again, would make it slower still.
/// </summary>
sealed class InsertYardstick : IDisposable
{
    readonly string _connection;
    readonly SemaphoreSlim _turn = new(1);

    public InsertYardstick(string file)
    {
        _connection = $"Data Source={file}";
        using var connection = new SqliteConnection(_connection);
        connection.Execute("pragma journal_mode = wal; create table visits (id integer primary key, token text not null, at_ms bigint not null, user_agent text not null, address text not null)");
    }

    public void Dispose() => _turn.Dispose();

    public async Task AnswerAsync(HttpContext http)
    {
        await _turn.WaitAsync();
        try
        {
            await using var connection = new SqliteConnection(_connection);
            await connection.ExecuteAsync("insert into visits (token, at_ms, user_agent, address) values (@token, @at, @agent, @address)", new
            {
                token = http.Request.Path.Value, at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), agent = http.Request.Headers.UserAgent.ToString(),
                address = http.Connection.RemoteIpAddress?.ToString() ?? "",
            });
        }
        finally
        {
            _turn.Release();
        }
        await YardstickServer.PixelAsync(http);
    }
}
