using System.Text.RegularExpressions;
using Tracker.Tests.Commands;
using Tracker.Tests.Support;

namespace Tracker.Tests.Faults;

/// <summary>D3: seen from the kernel, between a request and its answer the journal is written and then synced, every single time.</summary>
public sealed partial class OrderOfSyncs : CommandTests
{
    [Fact]
    public async Task The_record_is_synced_before_the_answer_is_sent()
    {
        var data = Path.Combine(Folder, "data");
        var log = Path.Combine(Folder, "strace.log");
        using var campaign = new Campaign(data);
        await campaign.PrepareAsync();
        var requests = Rounds.Of(100, 1000);
        var (server, address) = await TrackerProcess.ServeAsync(
            Folder, ["strace", "-f", "-y", "-s", "24", "-o", log, "-e", "trace=pwrite64,pwritev,fsync,fdatasync,recvmsg,recvfrom,read,sendmsg,sendto,write"], [], campaign.Settings);
        await using (server)
        {
            await campaign.LoadAsync(address, 1, Ct, enough: () => campaign.Answered >= requests);
        }
        var (seen, inOrder) = Count(await File.ReadAllLinesAsync(log, Ct));
        Assert.Equal((requests, requests), (seen, inOrder));
        Campaign.Say($"D3: {inOrder} of {seen} answers were sent after write and sync of the journal");
    }

    /// <summary>One request at a time, so the steps follow each other: received, written, synced, answered.</summary>
    static (int Seen, int InOrder) Count(IEnumerable<string> lines)
    {
        var (seen, inOrder, step) = (0, 0, 0);
        var syncing = new HashSet<string>();
        foreach (var line in lines)
        {
            var process = line.Split(' ')[0];
            if (Request().IsMatch(line))
            {
                step = 1;
            }
            else if (Written().IsMatch(line))
            {
                step = step == 1 ? 2 : step;
            }
            else if (SyncBegun().IsMatch(line))
            {
                syncing.Add(process);
            }
            else if (Synced().IsMatch(line) || (SyncEnded().IsMatch(line) && syncing.Remove(process)))
            {
                step = step == 2 ? 3 : step;
            }
            else if (Answer().IsMatch(line))
            {
                seen++;
                inOrder += step == 3 ? 1 : 0;
                step = 0;
            }
        }
        return (seen, inOrder);
    }

    [GeneratedRegex(@"(?:recvmsg|recvfrom|read)\b.*""GET /[oc]/")]
    private static partial Regex Request();

    [GeneratedRegex(@"pwrite(?:64|v)\(\d+<[^>]*\.journal>")]
    private static partial Regex Written();

    [GeneratedRegex(@"f(?:data)?sync\(\d+<[^>]*\.journal>\)\s+= 0")]
    private static partial Regex Synced();

    [GeneratedRegex(@"f(?:data)?sync\(\d+<[^>]*\.journal> <unfinished")]
    private static partial Regex SyncBegun();

    [GeneratedRegex(@"<\.\.\. f(?:data)?sync resumed>.*= 0")]
    private static partial Regex SyncEnded();

    [GeneratedRegex(@"(?:sendmsg|sendto|write)\(.*""HTTP/1\.1 (?:200|302)")]
    private static partial Regex Answer();
}
