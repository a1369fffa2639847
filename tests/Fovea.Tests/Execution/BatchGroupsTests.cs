using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>A batch cut into groups of any size gives what it gives in one piece, with the same bits on any number of
/// threads.</summary>
[Collection("threads")]
public sealed class BatchGroupsTests
{
    private const double Bound = 1e-4; // of the largest value, by direct sums

    [Theory, InlineData(1), InlineData(5), InlineData(7), InlineData(16)]
    public void Run_EveryGroupSize_GivesTheBitsOfItemsAlone(int batch)
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            Rng rng = new Rng(53).Split(seed);
            BranchyNetwork network = new(rng, 16, 6);
            Shape item = [16, 9, 10];
            Graph graph = Graph.Trace(network.Eval(), item);
            List<FusedStep> steps = Lowering.StepsOf(graph);
            LayoutPlan layouts = new(graph, steps, Precision.Strict, CpuProfile.Current);
            List<NetworkStage> stages = Lowering.StagesOf(graph, steps, layouts);
            PackedKernels kernels = new(steps, layouts, null);
            NetworkPlan PlanFor(int items) => new(graph, stages, layouts, kernels, items);
            Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: rng);
            float[] alone = Run(PlanFor, graph, x, 1, 1),
                expected = NoGrad.Run(() => network.Forward(x)).ToArray();
            double largest = expected.Max(Math.Abs),
                error = expected.Zip(alone, (e, f) => Math.Abs(e - f)).Max();
            Assert.True(
                error <= Bound * largest,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{network.Text}batch {batch}: error {error / largest:E2} of the largest value {largest:G4}, allowed {Bound}"
                )
            );
            for (int size = 1; size <= batch; size++)
            {
                for (int threads = 1; threads <= 3; threads++)
                {
                    float[] found = Run(PlanFor, graph, x, size, threads);
                    Assert.True(
                        alone.AsSpan().SequenceEqual(found),
                        $"{network.Text}batch {batch} in groups of {size} on {threads} threads differs from its items alone"
                    );
                }
            }
        }
    }

    private static float[] Run(Func<int, NetworkPlan> planFor, Graph graph, Tensor x, int size, int threads)
    {
        int batch = x.Shape[0],
            before = WorkerPool.Threads;
        NetworkPlan? rest = batch % size == 0 ? null : planFor(batch % size);
        BatchGroups groups = new(planFor(size), rest, batch, size, [graph.Output.Shape.At(batch)]);
        Tensor y = Tensor.Full(groups.Outputs[0], float.NaN);
        try
        {
            WorkerPool.Threads = threads;
            groups.Run([x], [y]);
            return y.ToArray();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
