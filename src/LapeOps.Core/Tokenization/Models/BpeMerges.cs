namespace LapeOps.Tokenization.Models;

/// <summary>Merges tokens.</summary>
internal sealed class BpeMerges(BpeMergeTable table, BpeJoints joints)
{
    /// <summary>Between which characters.</summary>
    public BpeJoints Joints => joints;

    /// <summary>Merges a few tokens, by looking through all pairs for the next.</summary>
    public ModelToken[] ApplyShort(Span<ModelToken> symbols)
    {
        var count = symbols.Length;
        // merges[i] is that of the tokens i and i + 1.
        Span<BpeMerge> merges = stackalloc BpeMerge[count];
        for (var i = 0; i + 1 < count; i++)
            merges[i] = table.Find(symbols[i].Id, symbols[i + 1].Id);
        while (true)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
                if (merges[i].Rank < merges[best].Rank)
                    best = i;
            if (count < 2 || merges[best].Id < 0)
                return [.. symbols[..count]];
            symbols[best] = new(merges[best].Id, symbols[best].First, symbols[best + 1].End);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            merges[(best + 1)..count].CopyTo(merges[best..]);
            count--;
            if (best > 0)
                merges[best - 1] = table.Find(symbols[best - 1].Id, symbols[best].Id);
            if (best + 1 < count)
                merges[best] = table.Find(symbols[best].Id, symbols[best + 1].Id);
        }
    }

    /// <summary>Merges many tokens, with a queue of the pairs.</summary>
    public ModelToken[] ApplyLong(ReadOnlySpan<ModelToken> symbols, CancellationToken stop)
    {
        var links = new Link[symbols.Length];
        for (var i = 0; i < links.Length; i++)
            links[i] = new(symbols[i].Id, symbols[i].First, symbols[i].End, i - 1, i + 1 < links.Length ? i + 1 : -1);
        // Ordered by rank, then place; a candidate whose tokens have changed meanwhile is passed over.
        var candidates = new PriorityQueue<int, ulong>();
        candidates.EnqueueRange(Enumerable.Range(0, Math.Max(links.Length - 1, 0))
            .Select(i => (Left: i, Merge: table.Find(links[i].Id, links[i + 1].Id)))
            .Where(c => c.Merge.Id >= 0)
            .Select(c => (c.Merge.Id, Order(c.Merge, c.Left))));
        while (candidates.TryDequeue(out var id, out var order))
        {
            stop.ThrowIfCancellationRequested();
            var left = (int)(order & uint.MaxValue);
            var right = links[left].Next;
            if (!links[left].IsMerged && right >= 0 && table.Find(links[left].Id, links[right].Id).Id == id)
                Join(left, right, id);
        }
        return [.. links.Where(l => !l.IsMerged).Select(l => new ModelToken(l.Id, l.First, l.End))];

        void Offer(int left, int right)
        {
            if (table.Find(links[left].Id, links[right].Id) is { Id: >= 0 } merge)
                candidates.Enqueue(merge.Id, Order(merge, left));
        }

        void Join(int left, int right, int id)
        {
            var next = links[right].Next;
            links[left] = links[left] with { Id = id, End = links[right].End, Next = next };
            links[right] = links[right] with { Id = -1 };
            if (next >= 0)
            {
                links[next] = links[next] with { Previous = left };
                Offer(left, next);
            }
            if (links[left].Previous >= 0)
                Offer(links[left].Previous, left);
        }
    }

    private static ulong Order(BpeMerge merge, int left) => (ulong)(uint)merge.Rank << 32 | (uint)left;

    /// <summary>A token on the way; one that was merged into its left neighbour has no id.</summary>
    private readonly record struct Link(int Id, int First, int End, int Previous, int Next)
    {
        public bool IsMerged => Id < 0;
    }
}
