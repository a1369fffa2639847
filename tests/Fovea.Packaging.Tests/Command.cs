using System.Diagnostics;

namespace Fovea.Packaging.Tests;

/// <summary>A finished process.</summary>
/// <param name="Code">Its exit status.</param>
/// <param name="Out">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record Command(int Code, string Out, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs a program in a folder.</summary>
    /// <param name="program">Its path, or a name that is found by PATH.</param>
    /// <param name="folder">The folder it runs in.</param>
    /// <param name="packages">The folder of restored packages, instead of the user's.</param>
    /// <param name="arguments">The arguments, one by one.</param>
    public static async Task<Command> Run(
        string program,
        string folder,
        string packages,
        params IReadOnlyList<string> arguments
    )
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string inherited in start.Environment.Keys.Where(IsOfTheBuild).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // no process stays behind
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Command(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Patience}.");
        }
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task<Command> Succeed(
        string program,
        string folder,
        string packages,
        params IReadOnlyList<string> arguments
    )
    {
        Command done = await Run(program, folder, packages, arguments);
        Assert.True(
            done.Code == 0,
            $"{program} {string.Join(' ', arguments)} ended with {done.Code}:\n{done.Out}\n{done.Error}"
        );
        return done;
    }

    /// <summary>What the build that runs these tests sets for itself must not reach another one.</summary>
    private static bool IsOfTheBuild(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || variable is "DOTNET_CLI_HOME" or "CI" or "VSTEST_CONNECTION_TIMEOUT";
}
