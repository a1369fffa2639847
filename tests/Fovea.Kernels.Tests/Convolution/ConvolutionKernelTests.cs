using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Weights packed beside each kernel, with what is folded into them, against the definition.</summary>
public sealed unsafe class ConvolutionKernelTests
{
    [Theory]
    [InlineData((int)ConvolutionAlgorithm.Direct, 24, 37, 1)]
    [InlineData((int)ConvolutionAlgorithm.Direct, 32, 32, 2)]
    [InlineData((int)ConvolutionAlgorithm.Depthwise, 21, 21, 21)]
    [InlineData((int)ConvolutionAlgorithm.Winograd2, 24, 37, 1)]
    public void Run_FoldedWeights_IsTheConvolutionTimesScalePlusShift(
        int algorithm,
        int inputs,
        int outputs,
        int groups
    )
    {
        Rng rng = new(91);
        WindowAxis axis = new(9, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, inputs, outputs, groups, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        AlgorithmChoice choice = new((ConvolutionAlgorithm)algorithm, "test", 0);
        BlockedLayout source = choice.IsWinograd ? WinogradConvolution.Halo(g) : BlockedConvolution.Halo(g),
            destination = new(outputs, 1, 9, 9);
        float[] x = BlockedData.Integers(g.InputCount, 4, rng),
            w = [.. BlockedData.Integers(g.WeightCount, 2, rng).Select(v => 4 * v)], // F(2x2) halves twice
            bias = BlockedData.Integers(outputs, 9, rng);
        double[] scale = [.. BlockedData.Integers(outputs, 3, rng).Select(v => (double)v)],
            shift = [.. BlockedData.Integers(outputs, 7, rng).Select(v => (double)v)];
        float[] expected = new float[g.OutputCount],
            actual = new float[g.OutputCount];
        using NativeBuffer from = new((int)source.Item),
            to = new((int)destination.Item);
        fixed (
            float* px = x,
                pw = w,
                pb = bias,
                pe = expected,
                pa = actual
        )
        {
            ReferenceConvolution<float>.Forward(g, px, pw, pb, pe);
            BlockedMaps.ZeroHalo(source, from.Pointer, 0, source.Blocks);
            BlockedMaps.FromPlanes(px, source, from.Pointer);
            ConvolutionKernel kernel = ConvolutionKernel
                .For(g, new(pw, bias, scale, shift), source, destination, choice, CpuProfile.Current)
                .ForItems(1, "again");
            using Scratch workspace = new(kernel.WorkspaceFloats + 1);
            ConvolutionCall call = new()
            {
                X = from.Pointer,
                XItem = source.Item,
                Y = to.Pointer,
                YItem = destination.Item,
                Items = 1,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
                Parts = 1,
            };
            kernel.Run(call, workspace.Pointer);
            BlockedMaps.ToPlanes(destination, to.Pointer, pa);
            Assert.EndsWith("(again)", kernel.ToString(), StringComparison.Ordinal);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            int channel = i / g.OutPlane;
            expected[i] = (float)((expected[i] * scale[channel]) + shift[channel]);
        }

        BlockedData.AssertSame($"{choice.Name}, {g}", expected, actual);
    }

    [Fact]
    public void For_AnAlgorithmOnTensors_SaysThatItHasNoPackedWeights()
    {
        WindowAxis axis = new(9, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, 16, 16, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        BlockedLayout layout = BlockedConvolution.Halo(g);
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            ConvolutionKernel.For(
                g,
                default,
                layout,
                layout,
                new(ConvolutionAlgorithm.Planes, "test", 0),
                CpuProfile.Current
            )
        );
        Assert.Contains("Planes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BiasOf_AllThatIsFolded_IsBiasTimesScalePlusShift()
    {
        FoldedWeights weights = new(null, [3f, 4f], [0.5, 2.0], [1.0, -1.0]);
        Assert.Equal([2.5f, 7f], [weights.BiasOf(0), weights.BiasOf(1)]);
        Assert.Equal(0f, new FoldedWeights(null, null, [2.0], null).BiasOf(0));
    }
}
