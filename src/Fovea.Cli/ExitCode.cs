namespace Fovea.Cli;

/// <summary>What the process's exit status says; scripts rely on it.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The job ran and its answer is no.</summary>
    public const int No = 1;

    /// <summary>The request or an input was wrong.</summary>
    public const int Wrong = 2;

    /// <summary>Stopped by the user; training has saved everything so far.</summary>
    public const int Stopped = 130;
}
