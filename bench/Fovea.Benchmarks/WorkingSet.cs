using System.Globalization;
using Fovea.Graphs;
using Fovea.Kernels;
using Fovea.Losses;
using Fovea.Models;

namespace Fovea.Benchmarks;

/// <summary>Whether memory stays the same over many training steps: the working set after each tenth of them.</summary>
internal static class WorkingSet
{
    /// <summary>Runs the steps.</summary>
    /// <param name="args">Model, batch, steps.</param>
    public static void Run(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string model = args.ElementAtOrDefault(0) ?? "small_cnn";
        int batch = int.Parse(args.ElementAtOrDefault(1) ?? "16", CultureInfo.InvariantCulture),
            steps = int.Parse(args.ElementAtOrDefault(2) ?? "10000", CultureInfo.InvariantCulture);
        Shape item = ModelRegistry.UsualItem(model);
        (Module net, int classes) = (ModelRegistry.Create(model, item, 10), 10);
        CrossEntropy loss = new();
        CompiledTrainingStep step = new(
            TrainingGraph.Of(
                net,
                [GraphInput.OfItems("x", item)],
                [GraphInput.OfItems("labels", [], DType.Int64)],
                (y, t) => loss.Forward(y[0], t[0])
            )
        );
        SGD optimizer = new(net, 0.001, momentum: 0.9);
        Console.WriteLine(
            $"{CpuTier.Description}, {WorkerPool.Threads} threads; {model} {item}, batch {batch}: working set in MB"
        );
        (double least, double most) = (double.MaxValue, 0);
        for (int i = 1; i <= steps; i++)
        {
            Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng((ulong)i));
            Tensor labels = Tensor.From<long>([.. Enumerable.Range(i, batch).Select(k => (long)k % classes)], [batch]);
            step.Run([x], [labels]);
            optimizer.Step();
            optimizer.ZeroGrad();
            if (i % Math.Max(1, steps / 10) == 0)
            {
                double set = Environment.WorkingSet / 1048576.0;
                (least, most) = (Math.Min(least, set), Math.Max(most, set));
                Console.WriteLine($"{i, 8} {set, 8:F1}");
            }
        }

        Console.WriteLine($"largest over smallest: {most / least:F4}");
    }
}
