using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Interop;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea export</c>: a network as an ONNX file.</summary>
internal static class ExportVerb
{
    private static readonly Argument<string> Model = new("MODEL")
    {
        Description =
            "A name of the zoo, with arguments or without, a file of network text or the text itself, an .onnx file, or a run folder or checkpoint.",
    };

    private static readonly Option<string?> To = CommonOptions.Text(
        "--to",
        "FILE.onnx",
        "The file to write; one that is there is not replaced."
    );

    private static readonly Option<string?> Weights = CommonOptions.Text(
        "--weights",
        "RUN|FILE",
        "Take the weights of a run, a checkpoint, or a safetensors, PyTorch, NumPy or ONNX file; all of the network's must be there."
    );

    private static readonly Option<string?> State = CommonOptions.State();

    private static readonly Option<string?> Input = CommonOptions.Text(
        "--input",
        "CxHxW",
        "Shape of an item, e.g. 3x224x224 or 1x128. Where left out, the one the network was designed for or trained on."
    );

    private static readonly Option<int?> Opset = CommonOptions.Number<int>(
        "--opset",
        "N",
        "Version of the operators, 13 to 27; 17 where left out, of an .onnx file its own.",
        rule: "13 to 27",
        holds: n => n is >= 13 and <= 27
    );

    private static readonly Option<bool> Fold = new("--fold-bn")
    {
        Description =
            "Put batch normalizations into the convolutions and linear layers before them. The file cannot be trained further as the network was.",
    };

    private static readonly Option<string?> Dynamic = CommonOptions.Text(
        "--dynamic",
        "AXES",
        "Which sizes stay open: a list of batch, depth, height and width (also the length of series), or none; batch where left out."
    );

    private static readonly Option<bool> External = new("--external-data")
    {
        Description = "Write the weights to FILE.onnx.data beside the model, as is done beyond 2 GB in any case.",
    };

    private static readonly Option<double?> Preprocess = CommonOptions.Number<double>(
        "--preprocess",
        "255|1",
        "Write a run's preprocessing into the file, which then takes raw values: pixels of 0 to 255, or of 0 to 1 (also series).",
        rule: "255 or 1",
        holds: v => v is 255.0 or 1.0
    );

    private static readonly Option<string?> InputNames = CommonOptions.Text(
        "--input-name",
        "NAMES",
        "Names of the inputs, with commas between them; 'input' where left out."
    );

    private static readonly Option<string?> OutputNames = CommonOptions.Text(
        "--output-name",
        "NAMES",
        "Names of the outputs, with commas between them; 'output' where left out."
    );

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "export",
            "Writes a network as an ONNX file, reads it back, runs it beside the network and prints the largest difference.\n\nExamples:\n  fovea export runs/photos --to photos.onnx --preprocess 255\n  fovea export resnet18 --weights resnet18.safetensors --to resnet18.onnx --dynamic batch,height,width\n  fovea export model.onnx --to folded.onnx --fold-bn --opset 21"
        );
        command.Arguments.Add(Model);
        Option[] options =
        [
            To,
            Weights,
            State,
            Input,
            Opset,
            Fold,
            Dynamic,
            External,
            Preprocess,
            InputNames,
            OutputNames,
        ];
        Array.ForEach(options, command.Options.Add);
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed, terminal)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal)
    {
        string model = parsed.GetRequiredValue(Model),
            path = Target(parsed);
        NetworkExportRequest request = new()
        {
            Item = parsed.GetValue(Input) is { } text ? Item(text) : null,
            Weights = parsed.GetValue(Weights),
            State = parsed.GetValue(State),
            PixelRange = parsed.GetValue(Preprocess),
            Options = new OnnxExportOptions
            {
                Opset = parsed.GetValue(Opset),
                FoldNormalizations = parsed.GetValue(Fold),
                Open = OpenAxes(parsed.GetValue(Dynamic) ?? "batch"),
                ExternalData = parsed.GetValue(External),
                InputNames = parsed.GetValue(InputNames)?.Split(','),
                OutputNames = parsed.GetValue(OutputNames)?.Split(','),
            },
        };
        OnnxExportResult result;
        using (Work work = Work.Start(terminal, $"writing {path}"))
        {
            result = NetworkExport.Save(model, path, request, terminal.Note);
        }

        Write(parsed, terminal, model, result);
        return ExitCode.Done;
    }

    private static string Target(ParseResult parsed)
    {
        string path =
            parsed.GetValue(To) ?? throw new ArgumentException("export needs --to FILE.onnx, the file to write.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new ArgumentException($"--to: there is no folder {folder}.");
        }

        foreach (string file in (string[])[path, path + ".data"])
        {
            if (Path.Exists(file))
            {
                throw new ArgumentException($"--to: {file} exists already. Name another file, or remove it.");
            }
        }

        return path;
    }

    private static OnnxOpenAxes OpenAxes(string text)
    {
        OnnxOpenAxes axes = OnnxOpenAxes.None;
        foreach (string word in text.Split(','))
        {
            axes |= word.Trim() switch
            {
                "batch" => OnnxOpenAxes.Batch,
                "depth" => OnnxOpenAxes.Depth,
                "height" => OnnxOpenAxes.Height,
                "width" or "length" => OnnxOpenAxes.Width,
                "none" when text.Trim() == "none" => OnnxOpenAxes.None,
                _ => throw new ArgumentException(
                    $"--dynamic takes batch, depth, height and width with commas between them, or none, got '{text}'."
                ),
            };
        }

        return axes;
    }

    private static Shape Item(string text)
    {
        InputRange range = InputRange.Parse(text);
        return range.IsRange
            ? throw new ArgumentException($"--input {text}: a file is of one size, or of open ones; give no range.")
            : range.Items(range.Written)[0];
    }

    private static void Write(ParseResult parsed, Terminal terminal, string model, OnnxExportResult result)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(
                new
                {
                    model,
                    path = result.Path,
                    dataPath = result.DataPath,
                    opset = result.Opset,
                    irVersion = result.IrVersion,
                    nodes = result.Nodes,
                    tensorBytes = result.TensorBytes,
                    largestDifference = result.LargestDifference,
                    largestValue = result.LargestValue,
                }
            );
            return;
        }

        string beside = result.DataPath is { } data ? $" (weights in {data})" : "";
        terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Path}{beside}: opset {result.Opset}, {result.Nodes} nodes, {result.TensorBytes / 1e6:F1} MB of tensors"
            )
        );
        terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"read back and run on random items: largest difference {result.LargestDifference:G3}, largest value {result.LargestValue:G3}"
            )
        );
    }
}
