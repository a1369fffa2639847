using System.Diagnostics;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)] // --threads is one for the process, and times matter in the tests that kill

namespace Fovea.Cli.Tests;

/// <summary>What a command said.</summary>
internal sealed record Said(int Code, string Out, string Error)
{
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs commands, in this process or in one of their own.</summary>
internal static class Cli
{
    /// <summary>The program <c>dotnet</c>: the one that runs these tests, else the first on the path.</summary>
    public static string Host { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    /// <summary>Runs a command here.</summary>
    public static Said Run(params string[] args) => Run(CancellationToken.None, args);

    /// <summary>Runs a command here that somebody may stop.</summary>
    public static Said Run(CancellationToken cancel, params string[] args)
    {
        using StringWriter output = new(),
            error = new();
        int code = CommandLine
            .RunAsync(args, new Terminal(output, error, IsInteractive: false), cancel)
            .GetAwaiter()
            .GetResult();
        return new Said(code, output.ToString(), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Runs a command here as on a terminal of some columns.</summary>
    public static Said RunOn(int columns, params string[] args)
    {
        using StringWriter output = new(),
            error = new();
        Terminal terminal = new(output, error, IsInteractive: false)
        {
            FitsTables = true,
            HasUnicode = true,
            Size = () => (columns, 40),
        };
        int code = CommandLine.RunAsync(args, terminal, CancellationToken.None).GetAwaiter().GetResult();
        return new Said(code, output.ToString(), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Starts a command as a process of its own.</summary>
    public static Process Start(params string[] args)
    {
        ProcessStartInfo start = new(Host) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(CommandLine).Assembly.Location);
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for a process and returns what it said.</summary>
    public static Said Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(),
            error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(60_000), "the command did not end within a minute");
        return new Said(process.ExitCode, output.Result, error.Result);
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fovea-cli-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
