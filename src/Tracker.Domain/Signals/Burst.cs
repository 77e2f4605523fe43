namespace Tracker.Domain.Signals;

/// <summary>Clicks that belong together because no person clicks so: too many at once, or an even walk through the links.</summary>
sealed record Burst(int Clicks, int Links, int Networks, TimeSpan Span, bool IsWalk)
{
    public string Reason => IsWalk
        ? $"walks through {Links} links in the order of the mail at an even pace"
        : Links > 1 ? $"part of a burst: {Links} links within {Words.Seconds(Span)}{(Networks > 1 ? $" from {Networks} networks" : "")}"
        : $"part of a burst: {Clicks} requests for one link within {Words.Seconds(Span)}{(Networks > 1 ? $" from {Networks} networks" : "")}";

    /// <summary>By index of the hit; null for hits that belong to none.</summary>
    public static Burst?[] FindAll(Scene scene)
    {
        var found = new Burst?[scene.Facts.Length];
        var cluster = ClusterClicks(scene);
        for (var i = 0; i < cluster.Length; i++)
        {
            if (cluster[i] == i)   // its first click stands for the cluster
            {
                Mark(found, cluster, i, Judge(scene, cluster, i));
            }
        }
        Walks.Mark(scene, found);
        return found;
    }

    /// <summary>Clicks that could be one scan: the person's own pre-checks and the rep's visits are left out.</summary>
    public static bool Counts(Fact fact) =>
        fact.IsClick && !fact.IsLinkCheck && fact.Hit.OwnVisit is OwnVisit.None or OwnVisit.Thread && !fact.IsPrefetch;

    // Joins each click to earlier ones that are close enough; a cluster is named by the index of its first click, -1 is no click.
    static int[] ClusterClicks(Scene scene)
    {
        var facts = scene.Facts;
        var cluster = new int[facts.Length];
        for (var i = 0; i < facts.Length; i++)
        {
            cluster[i] = Counts(facts[i]) ? i : -1;
            for (var j = i - 1; cluster[i] >= 0 && j >= 0; j--)
            {
                if (cluster[j] >= 0 && facts[i].Apart(facts[j]) <= (facts[i].SameOperator(facts[j]) ? Timing.BurstGap : Timing.SpreadBurstGap))
                {
                    Join(cluster, i, cluster[j], cluster[i]);
                }
            }
        }
        return cluster;
    }

    static void Join(int[] cluster, int upTo, int one, int other)
    {
        var (first, second) = (Math.Min(one, other), Math.Max(one, other));
        for (var i = 0; i <= upTo; i++)
        {
            cluster[i] = cluster[i] == second ? first : cluster[i];
        }
    }

    static void Mark(Burst?[] found, int[] cluster, int first, Burst? burst)
    {
        for (var i = first; i < cluster.Length; i++)
        {
            found[i] = cluster[i] == first ? burst : found[i];
        }
    }

    static Burst? Judge(Scene scene, int[] cluster, int first)
    {
        var (clicks, links, networks) = (0, 0, 0);
        var (start, end, suspicious) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue, false);
        for (var i = first; i < cluster.Length; i++)
        {
            if (cluster[i] != first)
            {
                continue;
            }
            var fact = scene.Facts[i];
            clicks++;
            links += IsFirst(scene, cluster, first, i, (a, b) => a.Hit.Link == b.Hit.Link) ? 1 : 0;
            networks += IsFirst(scene, cluster, first, i, (a, b) => a.SameNetwork(b)) ? 1 : 0;
            start = fact.Hit.At < start ? fact.Hit.At : start;
            end = fact.Hit.At > end ? fact.Hit.At : end;
            suspicious |= (scene.IsRisky(fact) || fact.Network != NetworkKind.Ordinary) && !ReaderWasHere(scene, i);
        }
        var burst = new Burst(clicks, links, networks, end - start, IsWalk: false);
        return burst.IsInhuman(suspicious) ? burst : null;
    }

    // Where a mail program showed the mail before, two quick clicks may be its reader's even while the mail is fresh.
    static bool ReaderWasHere(Scene scene, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (scene.Facts[i] is { IsOpen: true, Client.Kind: ClientKind.MailProgram, Network: not NetworkKind.Scanner }
                && scene.Facts[i].SameSource(scene.Facts[index]))
            {
                return true;
            }
        }
        return false;
    }

    static bool IsFirst(Scene scene, int[] cluster, int first, int index, Func<Fact, Fact, bool> same)
    {
        for (var i = first; i < index; i++)
        {
            if (cluster[i] == first && same(scene.Facts[i], scene.Facts[index]))
            {
                return false;
            }
        }
        return true;
    }

    // Fresh mail or a known network: two links are enough. Hours later from an ordinary network, or where the mail was being read, a person may well
    // open two tabs.
    bool IsInhuman(bool suspicious) =>
        (Clicks > 3 && Span <= Timing.Hammering)
        || (suspicious && (Links >= 2 || Networks >= 3))
        || (Links == 2 && Span <= Timing.HumanPace)
        || (Links >= 3 && Span / (Links - 1) <= Timing.QuickSuccession);
}
