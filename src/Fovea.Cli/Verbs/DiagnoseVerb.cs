using System.CommandLine;
using Fovea.Cli.Display;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea diagnose</c>: what is wrong with a training run, where, since when, and what to do.</summary>
internal static class DiagnoseVerb
{
    private const int UsualSteps = 200;

    private static readonly Option<int?> Steps = CommonOptions.Count(
        "--steps",
        "N",
        $"Updates of a check-up of a MODEL; {UsualSteps} where left out."
    );

    private static readonly Option<bool> Replay = new("--replay")
    {
        Description =
            "Go through the updates of a RUN again in which a fault began, measuring each, so that its onset is exact; --data where the data have moved.",
    };

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "diagnose",
            "Says what is wrong with a training run, where, since when, and what to do: of a run folder from what it recorded, of a model by a check-up of a few hundred updates that keeps nothing.\n\nExamples:\n  fovea diagnose runs/first\n  fovea diagnose runs/first --replay\n  fovea diagnose resnet20 --data shapes --steps 200"
        );
        TrainOptions.AddTo(command, TrainOptions.OfCheckUps);
        command.Options.Add(Steps);
        command.Options.Add(Replay);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        TrainingRequest request = TrainOptions.Request(parsed);
        string? subject = request.Model;
        bool isRun = subject is not null && Directory.Exists(subject);
        if (isRun && parsed.GetValue(Steps) is not null)
        {
            throw new ArgumentException(
                "--steps is for the check-up of a MODEL; a run is answered from what it recorded."
            );
        }

        if (subject is null)
        {
            throw new ArgumentException("diagnose needs a RUN folder, or a MODEL with --data D.");
        }

        if (!isRun && parsed.GetValue(Replay))
        {
            throw new ArgumentException($"--replay is for a RUN folder, and {subject} is none.");
        }

        (IReadOnlyList<Answer> answers, string model, string name) = isRun
            ? OfRun(subject, parsed.GetValue(Replay), request.Data, terminal, cancel)
            : CheckUp(request, parsed.GetValue(Steps) ?? UsualSteps, terminal, cancel);
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(json => AnswerJson.WriteAll(json, answers));
            return ExitCode.Done;
        }

        AnswerText.Write(answers, model, name, terminal);
        return cancel.IsCancellationRequested ? ExitCode.Stopped : ExitCode.Done;
    }

    private static (IReadOnlyList<Answer>, string, string) OfRun(
        string folder,
        bool replays,
        string? data,
        Terminal terminal,
        CancellationToken cancel
    )
    {
        using Work work = Work.Start(terminal, replays ? "replaying the run" : "reading the run");
        Evidence evidence = replays
            ? Diagnosis.Replay(folder, data, terminal.Note, cancel)
            : Diagnosis.EvidenceOf(folder, terminal.Note);
        IReadOnlyList<Answer> answers = Diagnosis.Of(evidence);
        work.Next("writing the report");
        RunReport.Write(folder, RunReport.Read(folder) with { Answers = answers, Measured = evidence.Measured });
        return (answers, evidence.Model, evidence.Name);
    }

    private static (IReadOnlyList<Answer>, string, string) CheckUp(
        TrainingRequest request,
        int steps,
        Terminal terminal,
        CancellationToken cancel
    )
    {
        IReadOnlyList<Answer> answers = TrainingDisplay.Show(
            terminal,
            observer => Diagnosis.CheckUp(request, steps, observer, cancel)
        );
        return (answers, ShellText.Quote(request.Model!), request.Model!);
    }
}
