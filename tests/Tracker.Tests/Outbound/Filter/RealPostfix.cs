namespace Tracker.Tests.Outbound.Filter;

static class RealPostfix
{
    /// <summary>Skips the test where there can be no Postfix.</summary>
    public static Task<Postfix> StartAsync(int deliverTo, int? dkim = null, PostfixMore? more = null)
    {
        Assert.SkipWhen(Postfix.Missing is not null, Postfix.Missing ?? "");
        return Postfix.StartAsync(deliverTo, dkim, more);
    }
}
