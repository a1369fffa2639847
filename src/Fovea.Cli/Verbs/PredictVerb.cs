using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fovea.Cli.Display;
using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea predict</c>: labels files or items of a data set.</summary>
internal static class PredictVerb
{
    private const int DefaultTop = 3;

    private static readonly Argument<string> RunArgument = new("RUN")
    {
        Description = "A run folder, a checkpoint file, or an ONNX file.",
    };
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Pictures (PNG, JPEG, WebP, GIF, BMP), or files of series for a network of series.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string?> Data = CommonOptions.Text(
        "--data",
        "D",
        "Label test items of this data set instead of files; with --index alone, of what the run was trained on."
    );
    private static readonly Option<string?> Items = CommonOptions.Text(
        "--index",
        "I,J-K",
        "Numbers of those items, e.g. 0,3,5-9; 0-9 where left out."
    );
    private static readonly Option<int?> Top = CommonOptions.Number<int>(
        "--top",
        "N",
        "Classes to show; 3 where left out."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "predict",
            "Labels pictures, series, or items of a data set, with probabilities.\n\nExample:\n  fovea predict runs/first photo.jpg\n  fovea predict runs/first --index 0-4"
        );
        command.Arguments.Add(RunArgument);
        command.Arguments.Add(Files);
        command.Options.Add(Data);
        command.Options.Add(Items);
        command.Options.Add(Top);
        command.SetAction((parsed, cancel) => Task.FromResult(Run(parsed, terminal, cancel)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        string[] files = parsed.GetValue(Files) ?? [];
        string? source = parsed.GetValue(Data);
        string? items = parsed.GetValue(Items);
        int top = parsed.GetValue(Top) ?? DefaultTop;
        bool fromData = source is not null || items is not null;
        if (fromData == files.Length > 0)
        {
            throw new ArgumentException(
                fromData
                    ? "predict: name files, or test items with --data and --index, not both."
                    : "predict: nothing to label; name files, or test items with --index."
            );
        }

        if (top < 1)
        {
            throw new ArgumentException($"--top must be 1 or more, got {top}.");
        }

        List<Prediction> predictions = Predict(parsed, terminal, cancel);
        Write(predictions, terminal, parsed.GetValue(CommonOptions.Json));
        return ExitCode.Done;
    }

    private static List<Prediction> Predict(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        string[] files = parsed.GetValue(Files) ?? [];
        using Work work = Work.Start(terminal, "reading the network");
        TrainedModel model = TrainedModel.Load(parsed.GetRequiredValue(RunArgument), terminal.Note);
        Predictor predictor = new(model, parsed.GetValue(Top) ?? DefaultTop, terminal.Note);
        if (files.Length > 0)
        {
            DataOptions options = RunData.Options(model);
            return Each(files, file => predictor.File(file, options), "files");
        }

        work.Next("reading the data");
        IDataset data = RunData.Open(model, parsed.GetValue(Data)).Test;
        return Each([.. Numbers(parsed.GetValue(Items), data)], i => [predictor.Item(data, i)], "items");

        List<Prediction> Each<T>(IReadOnlyList<T> inputs, Func<T, IEnumerable<Prediction>> predict, string unit)
        {
            work.Next($"labelling {unit}", inputs.Count, unit);
            List<Prediction> predictions = [];
            for (int i = 0; i < inputs.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                predictions.AddRange(predict(inputs[i]));
                work.Report(i + 1L);
            }

            return predictions;
        }
    }

    private static void Write(List<Prediction> predictions, Terminal terminal, bool json)
    {
        if (json)
        {
            terminal.WriteJson(writer => WriteJson(predictions, writer));
            return;
        }

        TableColumnOf[] columns =
        [
            new("input", Folds: true),
            new("label", Folds: true),
            new("probability", IsNumber: true),
            new("then", Folds: true),
        ];
        bool known = predictions.Any(p => p.Actual is not null);
        ResultTable table = new(known ? [.. columns, new("actual", Folds: true)] : columns);
        foreach (Prediction p in predictions)
        {
            string then = string.Join(", ", p.Top.Skip(1).Select(t => $"{t.Label} {Percent(t)}"));
            string[] cells = [p.Input, p.Top[0].Label, Percent(p.Top[0]), then];
            table.Add(known ? [.. cells, p.Actual ?? ""] : cells);
        }

        terminal.Write(table.Lines(terminal));
    }

    private static void WriteJson(List<Prediction> predictions, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (Prediction p in predictions)
        {
            writer.WriteStartObject();
            writer.WriteString("input", p.Input);
            writer.WriteStartArray("top");
            foreach (LabelProbability t in p.Top)
            {
                writer.WriteStartObject();
                writer.WriteString("label", t.Label);
                InspectionJson.WriteNumber(writer, "probability", t.Probability);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("actual", p.Actual);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Percent(LabelProbability label) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * label.Probability:F1} %");

    /// <summary>Reads <c>0,3,5-9</c>.</summary>
    private static IEnumerable<int> Numbers(string? text, IDataset data)
    {
        if (text is null)
        {
            return Enumerable.Range(0, Math.Min(10, data.Count));
        }

        List<int> numbers = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            bool whole = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first);
            int last = first;
            whole =
                whole
                && (
                    ends.Length == 1
                    || (
                        ends.Length == 2
                        && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out last)
                    )
                );
            if (!whole || last < first || last >= data.Count)
            {
                throw new ArgumentException(
                    $"--index: expected numbers 0 to {data.Count - 1} such as 0,3,5-9, got '{part}'."
                );
            }

            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }
}
