namespace Tracker.Domain.Inbound;

/// <summary>How an answer is known to belong to a copy. The stronger first.</summary>
public enum TieKind
{
    /// <summary>Our own signed token of that copy stands in it.</summary>
    Token,

    /// <summary>It names the message's Message-ID, which only those know who got it.</summary>
    MessageId,

    /// <summary>Sender and subject fit; anybody can write those.</summary>
    Recipient,
}

/// <summary>A copy that an answer may belong to.</summary>
/// <param name="SameCompany">The answer comes from the recipient's own, not free-mail, domain.</param>
public sealed record TieCandidate(long CopyId, TieKind By, bool FromRecipient, bool SameCompany);

/// <param name="IsCertain">Only then does anything follow from it but a line on the feed.</param>
public sealed record Tie(long CopyId, TieKind By, bool IsCertain);

/// <summary>
/// Whom an answer is from. A forged answer could silence a prompt, so what closes one must be known from something that an outsider cannot write: our own
/// token, or the Message-ID together with the recipient's address or company.
/// </summary>
public static class TieRules
{
    /// <param name="failedAuthentication">The rep's own mail server found the sender forged (DMARC).</param>
    /// <returns>Null when it belongs to none, or it cannot be said to which.</returns>
    public static Tie? Choose(IReadOnlyList<TieCandidate> candidates, bool failedAuthentication)
    {
        var best = candidates.OrderBy(c => c.By).ThenByDescending(c => c.FromRecipient).ThenByDescending(c => c.SameCompany).FirstOrDefault();
        if (best is null)
        {
            return null;
        }
        var equal = candidates.Count(c => (c.By, c.FromRecipient, c.SameCompany) == (best.By, best.FromRecipient, best.SameCompany));
        if (equal > 1 && !best.FromRecipient)
        {
            // A colleague of two recipients, or a stranger: nobody can tell whose answer it is.
            return null;
        }
        var certain = !failedAuthentication && best.By != TieKind.Recipient && (best.FromRecipient || best.SameCompany);
        return new(best.CopyId, best.By, certain);
    }
}
