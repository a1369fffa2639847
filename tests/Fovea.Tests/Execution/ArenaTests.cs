using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Nothing is read from the arena that no step of the same run wrote: values that are dead, and the whole
/// arena before the first step, may hold anything.</summary>
[Collection("threads")]
public sealed class ArenaTests
{
    [Fact]
    public void Run_DeadValuesMadeNaN_GivesTheSameBits()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            Rng rng = new Rng(64).Split(seed);
            int channels = 16 * (1 + rng.Next(2)),
                batch = 1 + rng.Next(3);
            BranchyNetwork network = new(rng, channels, 3 + rng.Next(9));
            Graph graph = Graph.Trace(network.Eval(), [channels, 5 + rng.Next(6), 5 + rng.Next(6)]);
            List<FusedStep> steps = Lowering.StepsOf(graph);
            LayoutPlan layouts = new(graph, steps, Precision.Default, CpuProfile.Current);
            List<NetworkStage> stages = Lowering.StagesOf(graph, steps, layouts);
            NetworkPlan plan = new(graph, stages, layouts, new PackedKernels(steps, layouts, null), batch);
            Tensor x = Tensor.Normal(graph.Input.Shape.At(batch), rng: rng);
            float[] expected = Run(plan, graph, x, null);
            float[] found = Run(
                plan,
                graph,
                x,
                new Poison(graph, plan, new ValueLives(graph, stages), stages, layouts)
            );
            Assert.True(
                expected.AsSpan().SequenceEqual(found),
                $"seed {seed}, batch {batch}: a step reads what was dead: {network.Text}"
            );
            Assert.DoesNotContain(expected, float.IsNaN);
        }
    }

    private static float[] Run(NetworkPlan plan, Graph graph, Tensor x, Poison? poison)
    {
        Tensor y = Tensor.Uninitialized(graph.Output.Shape.At(plan.Batch), DType.Float32);
        Workspace workspace = new(plan);
        if (poison is null)
        {
            workspace.Run([x], 0, [y], 2);
            return y.ToArray();
        }

        workspace.Run([x], 0, [y], 2, (step, _) => poison.All(workspace)); // leaves NaN everywhere
        workspace.Run([x], 0, [y], 2, (step, _) => poison.Dead(workspace, step));
        return y.ToArray();
    }

    /// <summary>Writes NaN over memory whose values nothing needs any more.</summary>
    private sealed unsafe class Poison(
        Graph graph,
        NetworkPlan plan,
        ValueLives lives,
        IReadOnlyList<NetworkStage> stages,
        LayoutPlan layouts
    )
    {
        private readonly NetworkMemory _memory = new(graph, stages, layouts, plan.Batch);

        public void All(Workspace workspace) => Fill(workspace.Arena, _memory.Bytes);

        /// <summary>The values with memory of their own whose life ends with a step.</summary>
        public void Dead(Workspace workspace, int step)
        {
            int stage = stages.ToList().IndexOf(plan.Stages[step]);
            foreach (Value value in stages.SelectMany(s => s.Inputs.Append(s.Step.Output)).Distinct())
            {
                bool hasOwn =
                    layouts.Concatenations[value] is null
                    && layouts.Concatenations.Places.Values.All(p => p.Whole != value);
                if (hasOwn && lives[value].Last == stage)
                {
                    ValueRoom room = ValueRoom.Of(value, layouts, plan.Batch);
                    Fill(workspace.Arena + _memory[value].Offset, room.Floats * sizeof(float));
                }
            }
        }

        private static void Fill(byte* memory, long bytes) =>
            new Span<float>(memory, checked((int)(bytes / sizeof(float)))).Fill(float.NaN);
    }
}
