namespace Tracker.Journal;

/// <summary>
/// Hits that go to disk with one write and one sync, and share one answer. The journal's lock guards it while it fills; once the writer has
/// taken it, its bytes are the writer's alone, and the answer stays under the lock.
/// </summary>
sealed class Batch
{
    /// <summary>1 MiB: a hundred times what queues during one sync, so only an outage fills more than one batch.</summary>
    public const int MaxBytes = 1 << 20;

    const int InitialBytes = 32 << 10;

    byte[] _buffer = new byte[InitialBytes];
    BatchAnswer _answer = new();

    public int Count { get; private set; }

    public int Length { get; private set; }

    public long FirstId { get; private set; }

    public long LastId { get; private set; }

    /// <summary>Timestamp of the first hit: nobody in the batch has waited longer.</summary>
    public long Since { get; private set; }

    /// <summary>The waiting requests have their answer, or are about to get it.</summary>
    public bool Answered { get; private set; }

    /// <summary>Under the lock, while unanswered.</summary>
    public Task<bool> Recorded => _answer.Task;

    /// <summary>Under the lock, while unanswered.</summary>
    public void Tell(IRecordWaiter waiter) => _answer.Add(waiter);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public bool Fits(int payloadLength) => Length + RecordFormat.HeadLength + payloadLength <= MaxBytes;

    public void Begin(long now) => Since = now;

    public void Add(long id, ReadOnlySpan<byte> payload)
    {
        var end = Length + RecordFormat.HeadLength + payload.Length;
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(end, _buffer.Length * 2));
        }
        RecordFormat.Write(_buffer.AsSpan(Length), id, payload);
        FirstId = Count == 0 ? id : FirstId;
        LastId = id;
        Length = end;
        Count++;
    }

    /// <summary>Under the lock: decides that there is an answer. The caller gives it after leaving the lock.</summary>
    public BatchAnswer TakeAnswer()
    {
        Answered = true;
        return _answer;
    }

    /// <summary>Empties it for another round. Requests of the last round hold its answer, not the batch.</summary>
    public void Reset()
    {
        Count = Length = 0;
        Answered = false;
        _answer = new();
    }
}
