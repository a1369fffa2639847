namespace Fovea.PublicApi.Tests;

/// <summary>Stands for the console in the README's programs, so that a test can read what they print.</summary>
internal sealed class Redirected(TextWriter output)
{
    public void WriteLine<T>(T value) => output.WriteLine(value);
}
