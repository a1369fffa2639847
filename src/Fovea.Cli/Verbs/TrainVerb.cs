using System.CommandLine;
using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea train</c>: trains a network into a run folder.</summary>
internal static class TrainVerb
{
    private const string Name = "train";

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            Name,
            "Trains a network, measures it on the test items, and keeps it in a run folder. Ctrl-C saves and stops; --resume continues.\n\nExample:\n  fovea train resnet20 --data shapes --epochs 10 --out runs/first"
        );
        TrainOptions.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    /// <summary>Whether a command line trains into a run folder, which is saved when the user stops it.</summary>
    public static bool Saves(ParseResult parsed) =>
        parsed.CommandResult.Command.Name == Name && !parsed.GetValue(TrainOptions.DryRun);

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        TrainingRequest request = TrainOptions.Request(parsed);
        bool json = parsed.GetValue(CommonOptions.Json);
        string? resume = RunToResume(parsed, request.Out);
        if (parsed.GetValue(TrainOptions.DryRun))
        {
            TrainReport.Write(DryRunOf(request, terminal), terminal, json);
            if (request.FindLearningRate)
            {
                terminal.Note("--lr auto searches when training starts: up to 141 updates before the first epoch.");
            }

            return ExitCode.Done;
        }

        TrainingResult result = TrainingDisplay.Show(
            terminal,
            observer =>
                resume is null
                    ? Trainer.Run(request, observer, cancel)
                    : Trainer.Resume(resume, request, observer, cancel)
        );
        TrainReport.Write(result, terminal, json);
        return result.Outcome switch
        {
            TrainingOutcome.Finished => ExitCode.Done,
            TrainingOutcome.Interrupted => ExitCode.Stopped,
            _ => ExitCode.No,
        };
    }

    private static DryRunResult DryRunOf(TrainingRequest request, Terminal terminal)
    {
        using Work work = Work.Start(terminal, "running one batch");
        return Trainer.DryRun(request);
    }

    /// <summary>The folder of the run to continue; null for a new run.</summary>
    private static string? RunToResume(ParseResult parsed, string? output)
    {
        if (parsed.GetResult(TrainOptions.Resume) is null)
        {
            return null;
        }

        string folder =
            parsed.GetValue(TrainOptions.Resume)
            ?? output
            ?? throw new ArgumentException("--resume needs the folder of the run: --resume DIR.");
        if (output is not null && !string.Equals(Full(folder), Full(output), StringComparison.Ordinal))
        {
            throw new ArgumentException("--resume continues in its own folder; leave --out away.");
        }

        return !parsed.GetValue(TrainOptions.DryRun)
            ? folder
            : throw new ArgumentException(
                "--dry-run shows what a new run would do, not a resumed one; leave --dry-run or --resume away."
            );

        static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }
}
