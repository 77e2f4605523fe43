namespace Tracker.Tests.Commands;

/// <summary>Prospects and deals in and out on the command line.</summary>
public sealed class ImportVerbTests : CommandTests
{
    [Fact]
    public async Task A_list_goes_in_as_a_whole_and_comes_out_again()
    {
        await OutAsync("reps", "add", "rita@example.com", "--name", "Rita");
        var file = Path.Combine(Folder, "list.csv");
        await File.WriteAllTextAsync(file, "email,name,stage,value\r\nanna@customer.example,Anna Able,lead,1200.50\r\nbob@customer.example,Bob,sold,\r\n", Ct);
        var refused = await RunAsync("import", file, "--rep", "rita@example.com");
        Assert.Equal(1, refused.Code);
        Assert.Contains("row 3, stage: 'sold' is not one of", refused.Error, StringComparison.Ordinal);
        Assert.StartsWith("Nothing was imported", refused.Out, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "email,name,stage,value\r\nanna@customer.example,Anna Able,lead,1200.50\r\nbob@customer.example,Bob,,\r\n", Ct);
        Assert.StartsWith("Dry run, nothing was changed; it would be: 2 new prospects", await OutAsync("import", file, "--rep", "rita@example.com", "--dry-run"), StringComparison.Ordinal);
        var imported = await RunAsync("import", file, "--rep", "rita@example.com");
        Assert.StartsWith("Imported: 2 new prospects, 0 known ones, 1 new deals", imported.Out, StringComparison.Ordinal);
        Assert.Contains("2 of 2 rows", imported.Error, StringComparison.Ordinal);

        Assert.Contains("anna@customer.example,Anna Able,,customer.example,,,rita@example.com,lead,,1200.50", await OutAsync("export", "prospects"), StringComparison.Ordinal);
        await RunAsync("export", "--out", Path.Combine(Folder, "all"));
        Assert.Equal(8, Directory.GetFiles(Path.Combine(Folder, "all"), "*.csv").Length);
        Assert.Contains("There is no table 'secrets'", (await RunAsync("export", "secrets")).Error, StringComparison.Ordinal);
    }
}
