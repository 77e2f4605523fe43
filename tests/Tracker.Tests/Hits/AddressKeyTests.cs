using System.Net;
using System.Text;
using Tracker.Hits;

namespace Tracker.Tests.Hits;

/// <summary>Addresses can be told apart on one day, and never across days.</summary>
public sealed class AddressKeyTests : IDisposable
{
    static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    static readonly IPAddress One = IPAddress.Parse("198.51.100.7"), Other = IPAddress.Parse("198.51.100.8"), Six = IPAddress.Parse("2001:db8::1");

    readonly string _folder = Directory.CreateTempSubdirectory("tracker-test-").FullName;

    string File_ => Path.Combine(_folder, "address-key.json");

    AddressKey Open(DateTimeOffset? now = null) => AddressKey.Open(File_, now ?? Monday);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_address_has_the_same_hash_all_day_and_others_have_others()
    {
        var key = Open();
        Assert.Equal(key.HashOf(One, Monday), key.HashOf(One, Monday.AddHours(14.9)));
        Assert.Equal(3, new[] { One, Other, Six }.Select(a => key.HashOf(a, Monday)).Distinct().Count());
    }

    [Fact]
    public void The_next_day_every_hash_is_another()
    {
        var key = Open();
        var days = Enumerable.Range(0, 400).Select(day => key.HashOf(One, Monday.AddDays(day))).ToList();
        Assert.Equal(days.Count, days.Distinct().Count());
    }

    [Fact]
    public void A_restart_on_the_same_day_changes_nothing() => Assert.Equal(Open().HashOf(One, Monday), Open().HashOf(One, Monday));

    [Fact]
    public void The_old_key_is_gone_once_the_day_is_over()
    {
        var key = Open();
        var yesterday = key.HashOf(One, Monday);
        var old = File.ReadAllText(File_);
        var today = key.HashOf(One, Monday.AddDays(1));
        Assert.Equal(old, File.ReadAllText(File_)); // Nobody who asks waits for the disk.
        Assert.Equal(today, Open(Monday.AddDays(1)).HashOf(One, Monday.AddDays(1))); // A crash before the file is written changes nothing.
        Assert.True(key.Save(Monday.AddDays(1)));
        Assert.NotEqual(old, File.ReadAllText(File_));
        // With the file of today in hand, neither asking for yesterday nor opening it "yesterday" brings the hash back.
        Assert.NotEqual(yesterday, Open(Monday).HashOf(One, Monday));
        Assert.Equal(today, Open(Monday.AddDays(1)).HashOf(One, Monday.AddDays(1)));
    }

    [Fact]
    public void A_clock_that_steps_back_keeps_the_later_key()
    {
        var key = Open();
        var later = key.HashOf(One, Monday.AddDays(3));
        Assert.Equal(later, key.HashOf(One, Monday));
    }

    [Fact]
    public void Servers_with_the_same_first_key_agree_whatever_days_they_slept_through()
    {
        var first = Open();
        File.Copy(File_, File_ + ".2");
        var second = AddressKey.Open(File_ + ".2", Monday);
        first.HashOf(One, Monday.AddDays(1));
        first.HashOf(One, Monday.AddDays(2));
        Assert.Equal(first.HashOf(One, Monday.AddDays(5)), second.HashOf(One, Monday.AddDays(5)));
    }

    [Fact]
    public async Task At_midnight_every_thread_gets_the_same_new_key()
    {
        var key = Open();
        var hashes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => key.HashOf(One, Monday.AddDays(1)), TestContext.Current.CancellationToken)));
        Assert.Single(hashes.Distinct());
    }

    [Fact]
    public void Only_the_owner_may_read_it()
    {
        Open();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File_));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{\"Day\":\"2026-03-02\"}")]
    [InlineData("{\"Day\":\"2026-03-02\",\"Key\":null}")]
    [InlineData("{\"Day\":\"2026-03-02\",\"Key\":\"\"}")]
    [InlineData("{\"Day\":\"2026-03-02\",\"Key\":\"AAAA\"}")]
    [InlineData("{\"Day\":\"2026-03-02\",\"Key\":\"***\"}")]
    [InlineData("{\"Day\":\"yesterday\",\"Key\":\"AAAA\"}")]
    [InlineData("{\"Day\":\"2026-03-02\",\"Key\":\"AAAAAAAA")]
    public void A_damaged_file_is_named_with_the_way_out_and_left_alone(string content)
    {
        File.WriteAllText(File_, content);
        var problem = Assert.Throws<InvalidDataException>(() => Open());
        Assert.Contains(File_, problem.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", problem.Message, StringComparison.Ordinal);
        Assert.Equal(content, Encoding.UTF8.GetString(File.ReadAllBytes(File_)));
    }
}
