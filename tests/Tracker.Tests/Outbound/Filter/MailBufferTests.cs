using Tracker.Outbound.Smtp;

namespace Tracker.Tests.Outbound.Filter;

/// <summary>Whatever the client announced, the mail is what came.</summary>
public sealed class MailBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(700_000)]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public void The_mail_is_what_came_whatever_was_announced(int announced)
    {
        var bytes = new byte[700_000];
        new Random(7).NextBytes(bytes);
        using var mail = new MailBuffer(1_000_000, announced);
        foreach (var piece in bytes.Chunk(70_001))
        {
            mail.Append(piece);
        }
        Assert.Equal(bytes.Length, mail.Length);
        Assert.Equal(bytes, mail.Take().ToArray());
        Assert.Equal(0, mail.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(600_000)]
    public void A_byte_too_many_is_too_large_and_nothing_of_it_is_kept(int announced)
    {
        using var mail = new MailBuffer(600_000, announced);
        mail.Append(new byte[600_000]);
        Assert.False(mail.IsTooLarge);
        mail.Append([1]);
        Assert.Equal((true, 0), (mail.IsTooLarge, mail.Length));
    }
}
