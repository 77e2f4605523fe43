using MimeKit;

namespace Tracker.Outbound.Instrumenting;

/// <summary>Finds the addressees in header values.</summary>
static class Recipients
{
    /// <param name="envelope">A recipient that need not stand in any header.</param>
    public static IReadOnlyList<MailRecipient> Of(HeaderBlock headers, string? envelope = null)
    {
        var found = new List<MailRecipient>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Enum.GetValues<RecipientField>())
        {
            foreach (var mailbox in headers.Values(field.ToString()).SelectMany(Mailboxes))
            {
                if (BareAddress(mailbox) is { } address && seen.Add(address))
                {
                    found.Add(new(address, Name(mailbox), field));
                }
            }
        }
        if (envelope is not null && seen.Add(envelope))
        {
            found.Add(new(envelope, null, RecipientField.Bcc));
        }
        return found;
    }

    public static MailboxAddress? First(HeaderBlock headers, string field) =>
        headers.Values(field).SelectMany(Mailboxes).FirstOrDefault(m => BareAddress(m) is not null);

    /// <returns>The address with its domain in lower case; null without a domain, as in "undisclosed-recipients", or with characters that no address has.</returns>
    public static string? BareAddress(MailboxAddress mailbox)
    {
        var address = mailbox.Address;
        var at = address?.LastIndexOf('@') ?? -1;
        return at <= 0 || at == address!.Length - 1 || address.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? null : string.Concat(address.AsSpan(0, at), address[at..].ToLowerInvariant());
    }

    public static string? Name(MailboxAddress mailbox) => string.IsNullOrWhiteSpace(mailbox.Name) ? null : mailbox.Name.Trim();

    static IEnumerable<MailboxAddress> Mailboxes(ReadOnlyMemory<byte> value)
    {
        var bytes = value.ToArray();
        if (InternetAddressList.TryParse(bytes, out var list))
        {
            return list.Mailboxes;
        }
        // One unreadable entry must not cost the others their copy.
        return Pieces(bytes).SelectMany(piece => InternetAddressList.TryParse(piece, out var one) ? one.Mailboxes : []);
    }

    static IEnumerable<byte[]> Pieces(byte[] list)
    {
        var start = 0;
        for (var i = 0; i <= list.Length; i++)
        {
            if (i == list.Length || list[i] is (byte)',' or (byte)';')
            {
                yield return list[start..i];
                start = i + 1;
            }
        }
    }
}
