using System.Globalization;
using Fovea.Graphs;
using Fovea.Interop;
using Fovea.Losses;
using Fovea.Models;

namespace Fovea.Exports;

/// <summary>Networks of torchvision, as torchvision_models.py writes them: read as ONNX and as a checkpoint, run in
/// evaluation, and trained one step further.</summary>
internal static class TorchComparison
{
    private const double Bar = 1e-4;

    private static readonly HashSet<string> Zoo = [.. ModelRegistry.Names];

    public static int Run(string folder)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Console.WriteLine("largest differences, over the largest value of each tensor; the step of training in double");
        Console.WriteLine(
            "network               eager  compiled  checkpoint      loss  weights after a step  their change"
        );
        int failed = 0;
        foreach (string path in Directory.GetFiles(folder, "*.case.pth").Order(StringComparer.Ordinal))
        {
            failed += Compare(path[..^".case.pth".Length]) ? 0 : 1;
        }

        Console.WriteLine(failed == 0 ? "all within 1e-4" : $"{failed} not within 1e-4");
        return failed == 0 ? 0 : 1;
    }

    private static bool Compare(string path)
    {
        IReadOnlyDictionary<string, Tensor> written = PyTorchCheckpoint.Read(path + ".case.pth").Tensors,
            after = PyTorchCheckpoint.Read(path + ".step.pth").Tensors;
        (Tensor x, Tensor scores) = (written["input"], written["scores"]);
        OnnxNetwork network = OnnxNetwork.Load(path + ".onnx");
        double eager = Off(scores, NoGrad.Run(() => network.ForwardAll(x)[0])),
            compiled = Off(scores, network.ToGraph().Compile().Run(x)),
            checkpoint = Zoo.Contains(Path.GetFileName(path)) ? Off(scores, FromCheckpoint(path, x)) : double.NaN;

        network = OnnxNetwork.Load(path + ".step.onnx");
        Tensor stepped = written["stepped"];
        Dictionary<string, Tensor> before = network
            .NamedParameters()
            .ToDictionary(p => p.Path, p => p.Parameter.Clone());
        network.Train();
        SGD optimizer = new(network, 0.01);
        long[] labels = [.. Enumerable.Range(1, stepped.Shape[0]).Select(i => (long)i)];
        Tensor loss = new CrossEntropy().Forward(network.ForwardAll(stepped)[0], Tensor.From(labels, [labels.Length]));
        loss.Backward();
        optimizer.Step();
        IReadOnlyDictionary<string, Tensor> state = network.StateDict();
        double weights = 0,
            change = 0;
        int found = 0;
        // The gradient of a bias before a normalization is 0 but for rounding: small is what is so beside the largest change.
        double largest = before
            .Where(b => after.ContainsKey(b.Key))
            .Max(b => after[b.Key].ToArray<double>().Zip(b.Value.ToArray<double>(), (p, q) => Math.Abs(p - q)).Max());
        foreach ((string name, Tensor value) in state.Where(s => after.ContainsKey(s.Key) && s.Value.Rank > 0))
        {
            found++;
            Tensor theirs = after[name];
            weights = Math.Max(weights, Off(theirs, value, largest));
            if (before.TryGetValue(name, out Tensor? was))
            {
                change = Math.Max(change, Moved(was, theirs, value, largest));
            }
        }

        double lossOff = Math.Abs(loss.Item() / written["loss"].Item() - 1);
        Console.WriteLine(
            $"{Path.GetFileName(path), -20} {eager, 6:0.0e-0} {compiled, 9:0.0e-0} {checkpoint, 11:0.0e-0} {lossOff, 9:0.0e-0} {weights, 21:0.0e-0} {change, 13:0.0e-0}  {found} of {after.Count(a => a.Value.Rank > 0)} tensors"
        );
        return Math.Max(Math.Max(eager, compiled), Math.Max(lossOff, weights)) < Bar && !(checkpoint >= Bar);
    }

    private static Tensor FromCheckpoint(string path, Tensor x)
    {
        Module zoo = ModelRegistry.Create(Path.GetFileName(path), Shape.Create(x.Shape.Sizes[1..]), 1000).Initialize(1);
        zoo.LoadStateDict(PyTorchCheckpoint.Read(path + ".pth").Tensors);
        return NoGrad.Run(() => zoo.Eval().Forward(x));
    }

    private static double Off(Tensor expected, Tensor actual, double least = 1e-30)
    {
        double[] a = expected.ToArray<double>(),
            b = actual.ToArray<double>();
        return a.Length != b.Length
            ? double.PositiveInfinity
            : a.Zip(b, (p, q) => Math.Abs(p - q)).Max() / Math.Max(least, a.Max(Math.Abs));
    }

    /// <summary>By how much the change of a tensor is another, over its size.</summary>
    private static double Moved(Tensor before, Tensor theirs, Tensor own, double largest)
    {
        double[] was = before.ToArray<double>(),
            a = theirs.ToArray<double>(),
            b = own.ToArray<double>();
        double off = Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum()),
            moved = Math.Sqrt(a.Zip(was, (p, q) => (p - q) * (p - q)).Sum());
        return off / Math.Max(moved, largest);
    }
}
