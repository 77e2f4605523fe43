namespace Tracker.Outbound.Instrumenting;

/// <summary>Walks quoted-printable bytes (RFC 2045, 6.7) unit by unit: a literal byte, an escaped one, or a soft line break, which is no byte.</summary>
ref struct QuotedPrintable(ReadOnlySpan<byte> raw)
{
    readonly ReadOnlySpan<byte> _raw = raw;

    /// <summary>Behind the last unit that was read.</summary>
    public int At { get; private set; }

    /// <summary>
    /// False once something came that decoders read in different ways: an equals sign that begins neither an escape nor a soft break, an escape in
    /// lower case, white space at the end of a line or behind a soft break's equals sign, a bare carriage return.
    /// </summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>How many bytes the text has that is still to come.</summary>
    public readonly int Measure()
    {
        var ahead = this;
        var length = 0;
        while (ahead.At < _raw.Length)
        {
            var run = ahead.LiteralRun(_raw.Length);
            (ahead.At, length) = (ahead.At + run, length + run);
            if (ahead.At < _raw.Length && !ahead.SkipSoftBreak())
            {
                ahead.Escaped();
                length++;
            }
        }
        return length;
    }

    /// <param name="text">At least as long as <see cref="Measure"/> said.</param>
    /// <returns>How many bytes of it were filled.</returns>
    public int Decode(Span<byte> text)
    {
        var length = 0;
        while (At < _raw.Length)
        {
            var run = LiteralRun(_raw.Length);
            _raw.Slice(At, run).CopyTo(text[length..]);
            (At, length) = (At + run, length + run);
            if (At < _raw.Length && !SkipSoftBreak())
            {
                text[length++] = Escaped();
            }
        }
        IsClean = IsClean && !HasLooseBlanks(_raw);
        return length;
    }

    public void CompareTo(Comparison expected)
    {
        while (At < _raw.Length)
        {
            var run = LiteralRun(_raw.Length);
            expected.Write(_raw.Slice(At, run));
            At += run;
            if (At < _raw.Length && !SkipSoftBreak())
            {
                expected.Write([Escaped()]);
            }
        }
    }

    /// <returns>The raw offset at which the next decoded byte begins, after passing over so many.</returns>
    public int Skip(int bytes)
    {
        SkipThrough(bytes);
        while (SkipSoftBreak())
        {
        }
        return At;
    }

    /// <returns>The raw offset right behind the last of these decoded bytes.</returns>
    public int SkipThrough(int bytes)
    {
        while (bytes > 0 && At < _raw.Length)
        {
            var run = LiteralRun(bytes);
            (At, bytes) = (At + run, bytes - run);
            if (bytes > 0 && At < _raw.Length && !SkipSoftBreak())
            {
                Escaped();
                bytes--;
            }
        }
        return At;
    }

    readonly int LiteralRun(int most)
    {
        if (_raw[At] == '=')
        {
            return 0;
        }
        var rest = _raw.Slice(At, Math.Min(most, _raw.Length - At));
        var run = rest.IndexOf((byte)'=');
        return run < 0 ? rest.Length : run;
    }

    /// <summary>The unit at an equals sign that is no soft break; an equals sign that begins nothing stands for itself.</summary>
    byte Escaped()
    {
        if (At + 2 < _raw.Length && char.IsAsciiHexDigit((char)_raw[At + 1]) && char.IsAsciiHexDigit((char)_raw[At + 2]))
        {
            var value = (byte)((Digit(_raw[At + 1]) << 4) | Digit(_raw[At + 2]));
            IsClean &= _raw[At + 1] < 'a' && _raw[At + 2] < 'a';
            At += 3;
            return value;
        }
        IsClean = false;
        return _raw[At++];
    }

    static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    bool SkipSoftBreak()
    {
        if (At >= _raw.Length || _raw[At] != '=')
        {
            return false;
        }
        var rest = _raw[(At + 1)..];
        if (!rest.IsEmpty && rest[0] == '\n')
        {
            At += 2;
            return true;
        }
        if (rest.StartsWith("\r\n"u8))
        {
            At += 3;
            return true;
        }
        var blanks = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        rest = blanks < 0 ? default : rest[blanks..];
        var end = rest.StartsWith("\r\n"u8) ? 2 : rest.StartsWith("\n"u8) ? 1 : 0;
        if (end == 0)
        {
            return false;
        }
        IsClean &= blanks == 0;
        At += 1 + blanks + end;
        return true;
    }

    static bool HasLooseBlanks(ReadOnlySpan<byte> raw) =>
        raw.IndexOf(" \r"u8) >= 0 || raw.IndexOf("\t\r"u8) >= 0 || raw.IndexOf(" \n"u8) >= 0 || raw.IndexOf("\t\n"u8) >= 0
        || raw.Count((byte)'\r') != raw.Count("\r\n"u8) || (raw.Length > 0 && raw[^1] is (byte)' ' or (byte)'\t');
}
