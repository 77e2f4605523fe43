namespace Tracker.Outbound.Smtp;

/// <summary>What one connection may take. The times are those of RFC 5321, 4.5.3.2.</summary>
public sealed record SmtpLimits
{
    /// <summary>Largest mail, in bytes, dots unstuffed.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>Connections at once; the next one is told 421.</summary>
    public int Connections { get; init; } = 20;

    /// <summary>All mails under way together, in bytes.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Longest command with its line end, in bytes. RFC 5321 asks for 512, the extensions offered for up to 1,200; Postfix reads 2,048.</summary>
    public int CommandBytes { get; init; } = 2048;

    /// <summary>Commands that were refused before the client is shown out.</summary>
    public int Mistakes { get; init; } = 20;

    /// <summary>Wait for the next command, or the next piece of a mail: at least 5 minutes (4.5.3.2.7).</summary>
    public TimeSpan ClientSilence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait for room for a mail. Postfix waits 2 minutes for the answer to DATA (smtp_data_init_timeout).</summary>
    public TimeSpan Room { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait for a server's greeting and its answers to commands (4.5.3.2.1 to 4.5.3.2.3).</summary>
    public TimeSpan ServerAnswer { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait for a server's answer after the last dot (4.5.3.2.6).</summary>
    public TimeSpan ServerTakesMail { get; init; } = TimeSpan.FromMinutes(10);
}
