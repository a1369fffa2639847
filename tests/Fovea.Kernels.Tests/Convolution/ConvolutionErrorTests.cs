using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The rounding error of each algorithm on fractions, against sums in double: what docs/numerics.md
/// states.</summary>
public sealed unsafe class ConvolutionErrorTests(ITestOutputHelper output)
{
    private const int Size = 14,
        Outputs = 32;

    /// <summary>Channels, bound of the direct error, of F(4x4)'s, of F(2x2)'s.</summary>
    public static TheoryData<int, double, double, double> Bounds =>
        new()
        {
            { 3, 2e-7, 4e-6, 2.2e-7 },
            { 16, 5e-7, 5e-6, 3e-7 },
            { 32, 8e-7, 5e-6, 3.5e-7 },
            { 64, 1e-6, 7e-6, 5e-7 },
            { 128, 1.3e-6, 8e-6, 6e-7 },
            { 256, 2e-6, 1.1e-5, 9e-7 },
            { 512, 2.6e-6, 1.7e-5, 1.5e-6 },
        };

    /// <summary>Standard normal input and weights: the largest error as a share of the largest output, and the root
    /// mean square of the errors as a share of that of the outputs.</summary>
    [Theory, MemberData(nameof(Bounds))]
    public void Run_StandardNormalData_ErrsNoMoreThanDocumented(
        int channels,
        double directBound,
        double fourBound,
        double twoBound
    )
    {
        Rng rng = new Rng(20260205).Split((ulong)channels);
        WindowAxis axis = new(Size, 3, 1, 1, 1, 1);
        ConvolutionGeometry g = new(1, channels, Outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros);
        float[] x = BlockedData.Normal(g.InputCount, rng),
            w = BlockedData.Normal(g.WeightCount, rng);
        double[] exact = Exact(g, x, w);
        foreach (int bits in BlockedData.Widths)
        {
            (double direct, double directSquare) = Error(exact, Direct(g, x, w, bits));
            (double four, double fourSquare) = Error(exact, Winograd(g, x, w, bits, 4));
            (double two, double twoSquare) = Error(exact, Winograd(g, x, w, bits, 2));
            string measured =
                $"{channels} channels, {bits} bits, largest and root mean square: direct {direct:e1}, {directSquare:e1}; F(4x4) {four:e1}, {fourSquare:e1}; F(2x2) {two:e1}, {twoSquare:e1}";
            output.WriteLine(measured);
            Assert.True(direct < directBound, $"{measured}; direct beyond {directBound}");
            Assert.True(four < fourBound, $"{measured}; F(4x4) beyond {fourBound}");
            Assert.True(two < twoBound, $"{measured}; F(2x2) beyond {twoBound}");
        }
    }

    private static double[] Exact(ConvolutionGeometry g, float[] x, float[] w)
    {
        double[] dx = Array.ConvertAll(x, v => (double)v),
            dw = Array.ConvertAll(w, v => (double)v),
            y = new double[g.OutputCount];
        fixed (
            double* px = dx,
                pw = dw,
                py = y
        )
        {
            ReferenceConvolution<double>.Forward(g, px, pw, null, py);
        }

        return y;
    }

    private static (double Largest, double Square) Error(double[] exact, float[] y)
    {
        double error = 0,
            output = 0,
            errors = 0,
            outputs = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double off = Math.Abs(exact[i] - y[i]);
            (error, output) = (Math.Max(error, off), Math.Max(output, Math.Abs(exact[i]))); // NaN stays
            (errors, outputs) = (errors + (off * off), outputs + (exact[i] * exact[i]));
        }

        return (error / output, Math.Sqrt(errors / outputs));
    }

    private static float[] Direct(ConvolutionGeometry g, float[] x, float[] w, int bits)
    {
        BlockedConvolution convolution = new(
            g,
            BlockedConvolution.Halo(g),
            new BlockedLayout(Outputs, 1, Size, Size),
            CpuProfiles.OfWidth(bits)
        );
        using GuardedMap source = new(convolution.Source, x),
            y = new(convolution.Destination);
        using NativeBuffer weights = new(w),
            bias = new(new float[Outputs]),
            packed = new(convolution.PackedSize);
        convolution.Pack(weights.Pointer, packed.Pointer);
        convolution.Run(BlockedData.Call(source, packed, bias, null, y, BlockedData.Clamps[0]));
        return y.ToPlanes();
    }

    private static float[] Winograd(ConvolutionGeometry g, float[] x, float[] w, int bits, int side)
    {
        WinogradConvolution convolution = new(
            g,
            WinogradConvolution.Halo(g, side),
            new BlockedLayout(Outputs, 1, Size, Size),
            CpuProfiles.OfWidth(bits),
            side
        );
        using GuardedMap source = new(convolution.Source, x),
            y = new(convolution.Destination);
        using NativeBuffer weights = new(w),
            bias = new(new float[Outputs]),
            packed = new(convolution.PackedSize),
            workspace = new(convolution.WorkspaceSize);
        convolution.Pack(weights.Pointer, packed.Pointer);
        convolution.Run(BlockedData.Call(source, packed, bias, null, y, BlockedData.Clamps[0]), workspace.Pointer);
        return y.ToPlanes();
    }
}
