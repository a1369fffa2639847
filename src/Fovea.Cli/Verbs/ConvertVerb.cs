using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Display;
using Fovea.Interop;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary><c>fovea convert</c>: weights from one format to another.</summary>
internal static class ConvertVerb
{
    private static readonly Argument<string> From = new("IN")
    {
        Description =
            "A file of weights (safetensors, PyTorch's .pth or .pt, NumPy's .npz or .npy, ONNX), a run folder or a checkpoint. Its first bytes tell what it is.",
    };

    private static readonly Argument<string> To = new("OUT")
    {
        Description = "The file to write: .safetensors, .pth, .pt or .npz. One that is there is not replaced.",
    };

    private static readonly Option<string?> State = CommonOptions.State();

    public static Command Create(Terminal terminal)
    {
        Command command = new(
            "convert",
            "Writes weights in another format: tensors by name, with their shapes.\n\nExamples:\n  fovea convert resnet18.pth resnet18.safetensors\n  fovea convert runs/photos weights.npz"
        );
        command.Arguments.Add(From);
        command.Arguments.Add(To);
        command.Options.Add(State);
        command.SetAction((parsed, _) => Task.FromResult(Run(parsed, terminal)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal)
    {
        string from = parsed.GetRequiredValue(From),
            to = parsed.GetRequiredValue(To);
        Weights.RequireWritten(to);
        if (Path.Exists(to))
        {
            throw new ArgumentException($"{to} exists already. Name another file, or remove it.");
        }

        WeightsFile file;
        using (Work work = Work.Start(terminal, $"reading {from}"))
        {
            file = NetworkWeights.Read(from, parsed.GetValue(State), terminal.Note);
            work.Next($"writing {to}");
            Weights.Write(to, file.Tensors);
        }

        long values = file.Tensors.Values.Distinct().Sum(t => t.Count);
        if (parsed.GetValue(CommonOptions.Json))
        {
            terminal.WriteJson(
                new
                {
                    from,
                    format = file.Format,
                    path = to,
                    tensors = file.Tensors.Count,
                    values,
                    notes = file.Notes,
                }
            );
            return ExitCode.Done;
        }

        foreach (string note in file.Notes)
        {
            terminal.Note($"{from}: {note}.");
        }

        terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{to}: {file.Tensors.Count} tensors with {values:N0} values, from {from} ({file.Format})"
            )
        );
        return ExitCode.Done;
    }
}
