using Fovea.Kernels;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Layouts reach a state in which nothing asks for more: what is added lies as the sum, pieces lie as their
/// whole, and every convolution finds the halo it needs.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Layouts_OfRandomBranches_AreAFixedPoint()
    {
        int sums = 0,
            pieces = 0;
        for (ulong seed = 0; seed < 1000; seed++)
        {
            Rng rng = new Rng(62).Split(seed);
            int channels = rng.Next(3) == 0 ? 3 : 16 * (1 + rng.Next(2));
            BranchyNetwork network = new(rng, channels, 3 + rng.Next(9));
            Graph graph = Graph.Trace(network, [channels, 5 + rng.Next(6), 5 + rng.Next(6)]);
            Precision precision = rng.Next(2) == 0 ? Precision.Default : Precision.Strict;
            int bits = 128 << rng.Next(3);
            List<FusedStep> steps = Lowering.StepsOf(graph);
            LayoutPlan layouts = new(graph, steps, precision, CpuProfiles.OfBits(bits));
            string what = $"seed {seed}, {precision}, {bits} bits: {network.Text}";
            foreach (FusedStep step in steps)
            {
                if (step.Form is ConvolutionForm { Geometry: { } g } && layouts.IsBlocked(step))
                {
                    BlockedLayout input = layouts[step.Inputs[0]]!,
                        needed = ConvolutionPlanner.Halo(
                            new(
                                ConvolutionPass.Forward,
                                g,
                                input.Lanes == 1 ? MapLayout.Planes : MapLayout.Blocked,
                                precision
                            ),
                            CpuProfiles.OfBits(bits)
                        );
                    Assert.True(input.Covers(needed), $"{what}{step.Node.Name}: input {input}, needs {needed}");
                    if (step.Inputs.Count > 1)
                    {
                        sums++;
                        AssertAlike(
                            $"{what}{step.Node.Name} and what it adds",
                            layouts[step.Output]!,
                            layouts[step.Inputs[1]]!
                        );
                    }
                }
            }

            foreach ((Value piece, (Value whole, int block)) in layouts.Concatenations.Places)
            {
                pieces++;
                AssertAlike($"{what}{piece.Name} in {whole.Name}", layouts[piece]!, layouts[whole]!);
                Assert.True(
                    (block * TileCall.Block) + piece.Shape.Item[0] <= whole.Shape.Item[0],
                    $"{what}{piece.Name} at block {block} ends behind {whole.Name}"
                );
            }
        }

        Assert.True(sums > 20 && pieces > 1000, $"only {sums} sums and {pieces} pieces were drawn");
    }

    private static void AssertAlike(string what, BlockedLayout a, BlockedLayout b) =>
        Assert.True(a.LiesAs(b), $"{what}: {a} is not as {b}");
}
