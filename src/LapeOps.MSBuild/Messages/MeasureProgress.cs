using LapeOps.Profiling;

namespace LapeOps.MSBuild.Messages;

/// <summary>Tells now and then how far a measurement is, for logs that are read later, and remembers what it computed.</summary>
internal sealed class MeasureProgress(string what, Action<string> say) : IProgress<ProfileProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly List<string> _languages = [];
    private TimeSpan _next = Pause;

    /// <summary>The languages that were computed, in order.</summary>
    public IReadOnlyCollection<string> Languages => _languages;

    public void Report(ProfileProgress value)
    {
        if (!_languages.Contains(value.Language))
            _languages.Add(value.Language);
        if (value.Elapsed < _next)
            return;
        _next = value.Elapsed + Pause;
        var speed = value.TokensComputed / value.Elapsed.TotalSeconds;
        say(FormattableString.Invariant($"{what}: {value.Language}, {value.TokensDone} of {value.TokensInAll} tokens, {speed:F0} a second, {value.Left:hh\\:mm\\:ss} left."));
    }
}
