namespace Tracker.Outbound.Smtp;

/// <summary>One answer of an SMTP server, kept as it stood on the wire so that it can be given on word for word.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">Each with its code, without its line end, a byte a character (Latin-1).</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public static readonly SmtpReply Ok = Of(250, "2.0.0 Ok");

    /// <summary>Whatever is wrong on this side: come back later, nothing is lost.</summary>
    public static readonly SmtpReply Later = Of(451, "4.3.0 Tracker cannot pass the mail on now, try again later");

    public bool IsDone => Code / 100 == 2;

    /// <summary>421: the server hangs up after it, whatever was asked.</summary>
    public bool EndsSession => Code is 421 or 221;

    /// <param name="texts">What stands behind the code; the first is the first line.</param>
    public static SmtpReply Of(int code, params IReadOnlyList<string> texts) =>
        new(code, [.. texts.Select((t, i) => $"{code}{(i == texts.Count - 1 ? ' ' : '-')}{t}")]);
}
