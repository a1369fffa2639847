using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Every algorithm of compiled execution on every case of the table of convolutions that it takes: bit-equal
/// to the reference, which is equal to PyTorch.</summary>
/// <remarks>Transposed convolutions are the backward pass of a convolution and always run eagerly; refusals have no
/// sizes.</remarks>
public sealed unsafe class AlgorithmCaseTests(ITestOutputHelper output)
{
    // Cases that no algorithm takes, and that compiled execution therefore runs eagerly, by reason.
    private static readonly Dictionary<string, int[]> NotTaken = new()
    {
        ["no input channels"] = [126],
        ["a stride along the width that is neither 1 nor 2, nor 4 on plain planes"] = [135, 136, 152],
        ["groups that are neither whole blocks of channels nor one filter a channel, and such a stride"] = [2, 3],
        ["groups that are neither whole blocks of channels nor one filter a channel"] =
        [
            13,
            24,
            26,
            35,
            72,
            73,
            75,
            76,
            79,
            80,
            81,
            82,
            83,
            91,
            94,
            95,
            97,
            99,
            101,
            108,
            109,
            110,
            112,
            114,
            115,
            116,
            117,
            118,
            155,
        ],
    };

    [DataFact(ConvolutionCase.File)]
    public void Run_EveryCaseByEveryAlgorithm_EqualsReferenceBitForBit()
    {
        Dictionary<string, int> taken = CompiledAlgorithm.All.ToDictionary(a => a.Name, _ => 0);
        List<int> left = [];
        ConvolutionCase[] cases = [.. ConvolutionCase.ReadAll().Where(c => c.Error is null && !c.IsTransposed)];
        foreach (ConvolutionCase item in cases)
        {
            ConvolutionGeometry g = item.ToGeometry();
            CompiledAlgorithm[] takers = [.. CompiledAlgorithm.All.Where(a => g.InChannels > 0 && a.Supports(g))];
            foreach (CompiledAlgorithm algorithm in takers)
            {
                taken[algorithm.Name]++;
                Compare(
                    algorithm,
                    $"{item}, {algorithm.Name}",
                    g with
                    {
                        Batch = Math.Max(1, g.Batch),
                    },
                    new Rng((ulong)item.Id)
                );
            }

            left.AddRange(takers.Length == 0 ? [item.Id] : []);
        }

        string counts =
            $"{cases.Length} cases: {string.Join(", ", taken.Select(t => $"{t.Key} {t.Value}"))}, none {left.Count}";
        output.WriteLine(counts);
        int[] listed = [.. NotTaken.Values.SelectMany(ids => ids).Order()];
        Assert.True(
            left.Order().SequenceEqual(listed),
            $"cases that no algorithm takes are {string.Join(", ", left)}; listed with a reason are {string.Join(", ", listed)}"
        );
        Assert.Equal(
            "85 cases: direct on 16 lanes 41, direct on plain planes 43, depthwise 7, Winograd F(4x4, 3x3) 8, Winograd F(2x2, 3x3) 8, none 35",
            counts
        );
    }

    [DataFact(ConvolutionCase.File)]
    public void Forward_EveryCaseByTheReference_MatchesPyTorchExactly()
    {
        foreach (
            ConvolutionCase item in ConvolutionCase
                .ReadAll()
                .Where(c => c.Error is null && !c.IsTransposed && c.ToGeometry().InChannels > 0)
        )
        {
            ConvolutionGeometry g = item.ToGeometry();
            float[] x = [.. IntegerData.X(g.InputCount), 0f],
                w = [.. IntegerData.W(g.WeightCount), 0f],
                bias = item.Bias is null ? new float[g.OutChannels] : IntegerData.B(g.OutChannels);
            float[] y = BlockedData.Reference(g, x, w, bias, null, BlockedData.Clamps[0]);
            int[] spatial = [g.Depth.Out, g.Height.Out, g.Width.Out],
                batch = item.X.Length == item.W.Length ? [g.Batch] : [];
            string? difference = item.Difference(
                "y",
                Shape.Create([.. batch, g.OutChannels, .. spatial[^(item.W.Length - 2)..]]),
                Array.ConvertAll(y, v => (double)v)
            );
            Assert.True(difference is null, difference);
        }
    }

    /// <summary>The items of the case, bare and in one part; then two more of other values in 1 to 3 parts, with
    /// something added, ReLU and a map.</summary>
    private static void Compare(CompiledAlgorithm algorithm, string name, ConvolutionGeometry g, Rng rng)
    {
        foreach (bool all in new[] { false, true })
        {
            ConvolutionGeometry batch = g with { Batch = g.Batch + (all ? 2 : 0) };
            ConvolutionData data = algorithm.Draw(batch, rng, all);
            (float Low, float High) clamp = BlockedData.Clamps[all ? 1 : 0];
            float[] expected = BlockedData.Reference(batch, data.X, data.W, data.Bias, data.Add, clamp);
            expected = all ? Array.ConvertAll(expected, v => (2 * v) + 1) : expected;
            foreach (int bits in BlockedData.Widths)
            {
                for (int parts = 1; parts <= (all ? 3 : 1); parts++)
                {
                    string what = $"{name}, {batch.Batch} items, {bits} bits, {parts} parts, clamp {clamp}, map {all}";
                    BlockedData.AssertSame(
                        what,
                        expected,
                        algorithm.Run(g with { Batch = 1 }, bits, data, clamp, all, parts, what)
                    );
                }
            }
        }
    }
}
