using System.Buffers;

namespace Tracker.Outbound.Smtp;

/// <summary>
/// Takes a mail out of the DATA phase. Only CR LF . CR LF ends it (RFC 5321, 4.1.1.4). A bare LF becomes CR LF, a bare CR a space, as Postfix does
/// (smtpd_forbid_bare_newline = normalize, cleanup_replace_stray_cr_lf): whoever reads the mail behind us finds no other end in it than we did.
/// </summary>
public sealed class DataDecoder
{
    static readonly SearchValues<byte> LineEnds = SearchValues.Create((byte)'\r', (byte)'\n');

    enum At
    {
        /// <summary>Right behind a CR LF, where a dot means something. A bare LF does not lead here.</summary>
        LineStart,
        Text,
        Cr,
        Dot,
        DotCr,
    }

    At _at = At.LineStart;

    /// <summary>True once the end was seen.</summary>
    public bool Ended { get; private set; }

    /// <summary>May be called with any pieces, down to single bytes.</summary>
    /// <returns>How many bytes of the input belonged to the mail; what follows them is the next command.</returns>
    public int Decode(ReadOnlySpan<byte> input, MailBuffer mail)
    {
        for (var i = 0; i < input.Length; i++)
        {
            if (_at is At.LineStart or At.Text && input[i] is not ((byte)'\r' or (byte)'\n') && !(_at == At.LineStart && input[i] == '.'))
            {
                var run = input[i..].IndexOfAny(LineEnds);
                run = run < 0 ? input.Length - i : run;
                mail.Append(input.Slice(i, run));
                _at = At.Text;
                i += run - 1;
                continue;
            }
            Step(input[i], mail);
            if (Ended)
            {
                return i + 1;
            }
        }
        return input.Length;
    }

    void Step(byte next, MailBuffer mail)
    {
        switch (_at, next)
        {
            case (At.DotCr, (byte)'\n'):
                Ended = true;
                return;
            case (At.Cr, (byte)'\n'):
                mail.Append("\r\n"u8);
                _at = At.LineStart;
                return;
            case (At.Cr or At.DotCr, _):
                mail.Append(" "u8);
                _at = At.Text;
                Step(next, mail);
                return;
            case (At.Dot, (byte)'\r'):
                _at = At.DotCr;
                return;
            case (At.LineStart, (byte)'.'):
                _at = At.Dot;
                return;
            case (_, (byte)'\r'):
                _at = At.Cr;
                return;
            case (_, (byte)'\n'):
                mail.Append("\r\n"u8);
                _at = At.Text;
                return;
            default:
                mail.Append([next]);
                _at = At.Text;
                return;
        }
    }
}
