using System.Globalization;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What <c>fovea train</c> says at its end.</summary>
internal static class TrainReport
{
    public static void Write(TrainingResult result, Terminal terminal, bool json)
    {
        if (!json)
        {
            WriteAnswers(result, terminal);
        }

        if (result.Message is { } message)
        {
            terminal.Note(message);
        }

        if (json)
        {
            terminal.WriteJson(
                new
                {
                    Outcome = result.Outcome.ToString().ToLowerInvariant(),
                    result.Message,
                    result.Folder,
                    Epochs = result.Last?.Epoch ?? 0,
                    result.BestEpoch,
                    result.Last,
                    Answers = result.Answers.Select(a => new
                    {
                        a.Id,
                        Verdict = AnswerJson.Word(a.Verdict),
                        a.Cause,
                        a.Finding,
                    }),
                    Test = result.Test is { } measured ? EvaluateVerb.Shape(measured) : null,
                    NonFinite = result.NonFinite is { } found ? Shape(found) : null,
                    result.DataWait,
                    RateSearch = result.RateSearch is { } search ? new { search.Rate, search.Finding } : null,
                }
            );
            return;
        }

        if (result.Test is not { } test)
        {
            return;
        }

        string folder = result.Folder!;
        terminal.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Test accuracy {test.Accuracy} on {test.N} items, weights of epoch {result.BestEpoch}"
            )
        );
        if (result.DataWait is { } wait)
        {
            terminal.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Waiting       for data took {wait:P0} of the updates' time"
                )
            );
        }

        terminal.Out.WriteLine($"Run folder    {folder}, with report.html");
        WriteNext(RunFolder.Open(folder), terminal);
    }

    private static object Shape(NonFinite found) =>
        new
        {
            Part = found.Part.ToString().ToLowerInvariant(),
            found.Place,
            found.Step,
            found.Epoch,
            found.Batch,
            Input = found.Input is { } input ? new[] { input.Low, input.High } : null,
            Gradient = found.Gradient is { } gradient ? new[] { gradient.Low, gradient.High } : null,
            found.Items,
            found.Symptom,
        };

    /// <summary>What was found wrong, worst first, and where the rest can be read.</summary>
    private static void WriteAnswers(TrainingResult result, Terminal terminal)
    {
        Answer[] faults = [.. result.Answers.Where(a => a.Verdict == Verdict.Fix)];
        if (faults.Length > 0)
        {
            AnswerText.Write(faults, "", "", terminal);
        }

        int looks = result.Answers.Count(a => a.Verdict == Verdict.Look);
        if (result.Answers.Count > 0 && result.Test is not null && result.Folder is { } folder)
        {
            terminal.Write(
                $"Found         {(faults.Length == 0 ? "nothing to fix" : $"{faults.Length} to fix")}, {looks} to look at: fovea diagnose {ShellText.Quote(folder)}"
            );
        }
    }

    /// <summary>What to do with the run next, with the data it was trained on.</summary>
    private static void WriteNext(RunFolder run, Terminal terminal)
    {
        TrainingRequest? request = run.ReadRequest();
        string path = ShellText.Quote(run.FolderPath),
            data = ShellText.Quote(request?.Data ?? Trainer.DefaultData);
        string items = request?.TestCount is { } count
            ? string.Create(CultureInfo.InvariantCulture, $" --test-items {count}")
            : "";
        terminal.Out.WriteLine("Next:");
        terminal.Out.WriteLine($"  fovea evaluate {path} --data {data}{items}");
        terminal.Out.WriteLine($"  fovea predict {path} --data {data} --index 0,1,2");
        if (Directory.Exists(Path.Combine(run.FolderPath, "train")))
        {
            terminal.Out.WriteLine($"  tensorboard --logdir {path}");
        }
    }

    public static void Write(DryRunResult result, Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    result.Plan.Model,
                    result.Plan.Data,
                    result.Plan.Parameters,
                    Input = result.Input.ToArray(),
                    Scores = result.Scores.ToArray(),
                    result.Loss,
                    MillisecondsPerBatch = result.Milliseconds,
                    result.Plan.BatchesPerEpoch,
                    result.Plan.Options,
                }
            );
            return;
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        terminal.Write(
            string.Create(
                culture,
                $"Model     {ModelSource.Title(result.Plan.Model)}, {result.Plan.Parameters:N0} parameters"
            )
        );
        terminal.Write(
            string.Create(
                culture,
                $"Data      {result.Plan.Data}: {result.Plan.TrainItems:N0} items to learn from, {result.Plan.ValidationItems:N0} held out"
            )
        );
        terminal.Out.WriteLine($"Batch     {result.Input} -> scores {result.Scores}");
        terminal.Write(
            string.Create(
                culture,
                $"Loss      {result.Loss:F4} at first (knowing nothing gives {Math.Log(result.Scores[1]):F4})"
            )
        );
        terminal.Write(
            string.Create(
                culture,
                $"Time      {result.Milliseconds:F1} ms a batch forward and backward; {result.Plan.Options.Epochs} epochs take about {Duration.Text(result.Estimate)}"
            )
        );
        terminal.Out.WriteLine("Nothing was written. Leave --dry-run away to train.");
    }
}
