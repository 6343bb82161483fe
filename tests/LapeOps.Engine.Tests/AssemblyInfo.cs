// The engine uses every core itself, and tests of memory and time want them to themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
