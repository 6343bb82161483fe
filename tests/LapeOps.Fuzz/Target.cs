using LapeOps.Fuzz.Targets;

namespace LapeOps.Fuzz;

/// <summary>A reader under test: where its valid files come from, how they are broken, and what is done with each.</summary>
internal abstract class Target
{
    private static readonly SortedDictionary<string, Func<Target>> _byName = new(StringComparer.Ordinal)
    {
        ["pickle"] = () => new PickleTarget(),
        ["safetensors"] = () => new SafetensorsTarget(),
        ["statistics"] = () => new StatisticsTarget(),
        ["tokenizer"] = () => new TokenizerTarget(),
    };

    public static IEnumerable<string> Names => _byName.Keys;

    public abstract string Name { get; }

    /// <summary>The name of the file that is read; its extension decides on the reader.</summary>
    public abstract string FileName { get; }

    public static Target? Find(string name) => _byName.GetValueOrDefault(name)?.Invoke();

    /// <summary>Valid files to begin with.</summary>
    public abstract IEnumerable<byte[]> Seeds(string folder);

    /// <summary>One change to a file.</summary>
    /// <param name="input">The file.</param>
    /// <param name="other">Another one, to take pieces from.</param>
    /// <param name="random">Where all choices come from.</param>
    public abstract byte[] Mutate(byte[] input, byte[] other, Random random);

    /// <summary>Reads a file in every way that there is and touches all of what comes out. Yields "ok" or the error of each way; anything but an error of ours is thrown.</summary>
    public IEnumerable<string> Read(string path)
    {
        foreach (var read in Reads(path))
            yield return Outcome(read);
    }

    /// <summary>The ways to read a file; each is gone before the next is asked for.</summary>
    protected abstract IEnumerable<Action> Reads(string path);

    /// <summary>Files of the golden reference, where it is there: those of at most so many bytes that match a pattern.</summary>
    protected static IEnumerable<string> References(string pattern, long most = 200_000) => GoldenRunner.Reference.Root is not { } root
        ? []
        : Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories).Where(f => new FileInfo(f).Length <= most).Order(StringComparer.Ordinal);

    private static string Outcome(Action read)
    {
        try
        {
            read();
            return "ok";
        }
        catch (LapeException e)
        {
            return $"{e.ErrorId}: {e.Message}";
        }
    }
}
