using System.Diagnostics;
using System.Globalization;
using Fovea.Graphs;
using Fovea.Interop;
using Fovea.Models;
using Microsoft.ML.OnnxRuntime;

namespace Fovea.Exports;

/// <summary>Exports networks, runs the files by ONNX Runtime, and exports what was read once more.</summary>
internal static class Program
{
    private const double Bar = 1e-4;

    private static int Main(string[] args)
    {
        if (args is ["speed", .. var names])
        {
            ImportSpeed.Run(names is [] ? ["resnet50", "mobilenet_v2"] : names);
            return 0;
        }

        if (
            args is ["weights", var size]
            && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int mb)
        )
        {
            WeightsSpeed.Run(mb);
            return 0;
        }

        if (args is ["torch", var written])
        {
            return TorchComparison.Run(written);
        }

        if (args is not ["zoo", ..])
        {
            Console.WriteLine(
                """
                usage: zoo [--out DIR] [--opset N] [--fold] [--filter TEXT]
                       every network of the zoo with random weights and statistics: exported, run by ONNX Runtime, read
                       and exported again; files stay in DIR, where check.py hands them to onnx.checker
                torch DIR: networks that torchvision_models.py wrote, read, run and trained one step
                weights MB: reading weights of a size in every format
                speed [NAME...]: reading and compiling, and the time beside the zoo's network
                """
            );
            return 2;
        }

        string folder = Value(args, "--out") ?? Path.Combine(Path.GetTempPath(), "fovea-exports"),
            filter = Value(args, "--filter") ?? "";
        OnnxExportOptions options = new()
        {
            Opset = Value(args, "--opset") is { } opset ? int.Parse(opset, CultureInfo.InvariantCulture) : null,
            FoldNormalizations = args.Contains("--fold"),
        };
        Directory.CreateDirectory(folder);
        Console.WriteLine(
            "network              nodes      MB  opset  own difference  ONNX Runtime  same bytes  seconds"
        );
        int failed = 0,
            run = 0;
        foreach (
            ModelEntry entry in ModelRegistry.Entries.Where(e => e.Name.Contains(filter, StringComparison.Ordinal))
        )
        {
            run++;
            failed += Export(entry.Name, Path.Combine(folder, entry.Name + ".onnx"), options) ? 0 : 1;
        }

        Console.WriteLine($"{run - failed} of {run} networks within {Bar} and the same when exported again");
        return failed == 0 ? 0 : 1;
    }

    private static string? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : null;

    private static bool Export(string name, string path, OnnxExportOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            (Module module, Shape item) = ModelRegistry.Create(name);
            Stir(module);
            Graph graph = Graph.Trace(module, item);
            OnnxExportResult result = OnnxExport.Save(graph, path, options);
            double own = result.LargestDifference!.Value / result.LargestValue!.Value,
                runtime = Runtime(graph, item, path);
            byte[] again = OnnxExport.ToBytes(OnnxNetwork.Load(path).ToGraph(), new OnnxExportOptions());
            bool isSame = again.AsSpan().SequenceEqual(File.ReadAllBytes(path));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name, -20}{result.Nodes, 6}{result.TensorBytes / 1e6, 8:F1}{result.Opset, 7}{own, 16:E1}{runtime, 14:E1}  {(isSame ? "yes" : "NO"), 10}{Stopwatch.GetElapsedTime(start).TotalSeconds, 9:F1}"
                )
            );
            return own <= Bar && runtime <= Bar && isSame;
        }
        catch (Exception e) when (e is IOException or ShapeException or OnnxRuntimeException)
        {
            Console.WriteLine($"{name, -20}{e.Message}");
            return false;
        }
    }

    /// <summary>Gives normalizations statistics and scales as after training: at first all are 0 and 1.</summary>
    private static void Stir(Module module)
    {
        Rng random = new(7);
        HashSet<string> scales =
        [
            .. module.NamedParameters().Where(p => p.Parameter.Kind == ParameterKind.Norm).Select(p => p.Path),
        ];
        Dictionary<string, Tensor> state = module
            .StateDict()
            .ToDictionary(
                s => s.Key,
                s =>
                    s.Key.EndsWith("running_var", StringComparison.Ordinal)
                        ? Tensor.Uniform(s.Value.Shape, 0.5, 1.5, rng: random)
                    : s.Key.EndsWith("running_mean", StringComparison.Ordinal) || scales.Contains(s.Key)
                        ? s.Value + (Tensor.Normal(s.Value.Shape, rng: random) * 0.1)
                    : s.Value
            );
        module.LoadStateDict(state);
    }

    /// <summary>The largest difference of ONNX Runtime's output, over the largest value.</summary>
    private static double Runtime(Graph graph, Shape item, string path)
    {
        Tensor x = Tensor.Normal([2, .. item], rng: new Rng(11));
        float[] expected = new Interpreter(graph).Run([x])[0].ToArray();
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(path, options);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(x.ToArray(), [.. x.Shape.Select(s => (long)s)]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            run,
            session.InputNames,
            [input],
            session.OutputNames
        );
        ReadOnlySpan<float> actual = outputs[0].GetTensorDataAsSpan<float>();
        double difference = 0.0,
            largest = 0.0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
            largest = Math.Max(largest, Math.Abs((double)expected[i]));
        }

        return difference / largest;
    }
}
