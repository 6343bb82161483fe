namespace LapeOps.Engine.Tests.Support;

/// <summary>Progress told on the spot, in the thread that makes it.</summary>
internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
