using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea evaluate</c>: measures a trained network on test items.</summary>
internal static class EvaluateVerb
{
    private const int MostConfused = 3;

    private static readonly Argument<string> RunArgument = new("RUN")
    {
        Description = "A run folder, a checkpoint file, or an ONNX file.",
    };
    private static readonly Option<string?> Data = CommonOptions.Text(
        "--data",
        "D",
        "A built-in data set, a folder or a file; what the run was trained on where left out."
    );
    private static readonly Option<int?> TestItems = CommonOptions.Number<int>(
        "--test-items",
        "N",
        "Use only the first N test items."
    );

    private static readonly Option<bool> Strict = CommonOptions.Strict();

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "evaluate",
            "Measures a trained network on the test items: accuracy with its 95 % interval, loss, and accuracy by class.\n\nExample:\n  fovea evaluate runs/first"
        );
        command.Arguments.Add(RunArgument);
        command.Options.Add(Data);
        command.Options.Add(TestItems);
        command.Options.Add(Strict);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    /// <summary>The JSON form of an evaluation, as the contract of the command line has it.</summary>
    public static object Shape(EvaluationResult result) =>
        new
        {
            result.N,
            Accuracy = new
            {
                result.Accuracy.Value,
                result.Accuracy.Low,
                result.Accuracy.High,
            },
            result.Loss,
            PerClass = result.PerClass.Select(c => new
            {
                c.Name,
                c.N,
                c.Accuracy,
            }),
        };

    /// <summary>The wrong classes that items of a class were taken for, most often first.</summary>
    private static string TakenFor(EvaluationResult result, int actual) =>
        string.Join(
            ", ",
            Enumerable
                .Range(0, result.PerClass.Count)
                .Where(other => other != actual && result.Confusion[actual][other] > 0)
                .OrderByDescending(other => result.Confusion[actual][other])
                .Take(MostConfused)
                .Select(other =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{result.PerClass[other].Name} {result.Confusion[actual][other]}"
                    )
                )
        );

    private static EvaluationResult Measure(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        using Work work = Work.Start(terminal, "reading the network");
        TrainedModel model = TrainedModel.Load(parsed.GetRequiredValue(RunArgument), terminal.Note);
        work.Next("reading the data");
        DataSource data = RunData.Open(
            model,
            parsed.GetValue(Data),
            parsed.GetValue(TestItems),
            parsed.GetValue(Strict)
        );
        foreach (string notice in data.Notices)
        {
            terminal.Note($"{data.Name}: {notice}");
        }

        work.Next("measuring test items", data.Test.Count);
        return model.Evaluate(data, work, cancel);
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        EvaluationResult result = Measure(parsed, terminal, cancel);
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(Shape(result));
            return ExitCode.Done;
        }

        Write(result, terminal);
        return ExitCode.Done;
    }

    private static void Write(EvaluationResult result, Terminal terminal)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        ResultTable table = new(
            new TableColumnOf("class", Folds: true),
            new TableColumnOf("items", IsNumber: true),
            new TableColumnOf("accuracy", IsNumber: true),
            new TableColumnOf("95 % interval"),
            new TableColumnOf("taken for", Folds: true)
        );
        for (int i = 0; i < result.PerClass.Count; i++)
        {
            ClassResult c = result.PerClass[i];
            Proportion p = Proportion.Wilson(c.Correct, c.N);
            table.Add(
                c.Name,
                c.N.ToString(culture),
                string.Create(culture, $"{100 * p.Value:F1} %"),
                string.Create(culture, $"{100 * p.Low:F1} - {100 * p.High:F1}"),
                TakenFor(result, i)
            );
        }

        terminal.Write(table.Lines(terminal));
        terminal.Write(
            string.Create(culture, $"Accuracy {result.Accuracy} on {result.N} items, loss {result.Loss:F4}")
        );
    }
}
