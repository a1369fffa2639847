using System.Diagnostics;
using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>The gradients of convolutions on blocked maps against the measured peak of multiply-adds, on one thread.</summary>
internal static unsafe class GradientSpeed
{
    private const int Items = 16;

    /// <summary>Channels in and out, output side, kernel, stride, groups.</summary>
    private static readonly (int In, int Out, int Side, int Kernel, int Stride, int Groups)[] Shapes =
    [
        (3, 64, 112, 7, 2, 1),
        (64, 64, 56, 3, 1, 1),
        (128, 128, 28, 3, 1, 1),
        (256, 256, 14, 3, 1, 1),
        (512, 512, 7, 3, 1, 1),
        (128, 256, 14, 3, 2, 1),
        (64, 256, 56, 1, 1, 1),
        (1024, 256, 14, 1, 1, 1),
        (16, 16, 28, 3, 1, 1),
        (96, 96, 56, 3, 1, 96),
        (96, 96, 28, 3, 2, 96),
    ];

    /// <summary>Prints a row a shape.</summary>
    public static void Run()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        double peak = TileSpeed.Peak();
        Console.WriteLine(
            $"{CpuTier.Description}; peak {peak:F0} GFLOP/s; {Items} items, one thread, best of some, GFLOP/s by direct sums"
        );
        Console.WriteLine($"{"convolution", -34} {"weights", 8} {"unpack ms", 9} {"data", 8} {"pack ms", 8} algorithm");
        foreach ((int inputs, int outputs, int side, int kernel, int stride, int groups) in Shapes)
        {
            WindowAxis axis = new(side * stride, kernel, stride, 1, kernel / 2, ((kernel + 1) / 2) - 1);
            Measure(new(1, inputs, outputs, groups, WindowAxis.None, axis, axis, PaddingMode.Zeros));
        }
    }

    private static void Measure(ConvolutionGeometry g)
    {
        CpuProfile cpu = CpuProfile.Current;
        int lanes = Math.Min(g.InChannels, TileCall.Block);
        BlockedLayout x = WinogradConvolution.Supports(g)
                ? WinogradConvolution.Halo(g)
                : BlockedConvolution.Halo(g, lanes),
            dy = new BlockedLayout(g.OutChannels, 1, g.Height.Out, g.Width.Out)
                .WithHalo(DataGradient.Halo(g, Precision.Default, cpu))
                .WithHalo(
                    WinogradConvolution.Supports(g)
                        ? WinogradWeightsGradient.Halo(g)
                        : new(g.OutChannels, 1, g.Height.Out, g.Width.Out)
                ),
            dx = new(g.InChannels, 1, g.Height.In, g.Width.In);
        double work = 2.0 * g.MultiplyAdds * Items;
        using Scratch mapX = new(x.Item * Items),
            mapDy = new(dy.Item * Items),
            mapDx = new(dx.Item * Items),
            weights = new(g.WeightCount),
            zeros = new((dx.Blocks + 4) * TileCall.Block);
        new Span<float>(mapX.Pointer, (int)x.Item * Items).Fill(0.5f);
        new Span<float>(mapDy.Pointer, (int)dy.Item * Items).Fill(0.25f);
        new Span<float>(zeros.Pointer, (dx.Blocks + 4) * TileCall.Block).Clear();
        new Span<float>(weights.Pointer, (int)g.WeightCount).Fill(0.01f);
        (double ofWeights, double unpack) = Weights(g, x, dy, mapX.Pointer, mapDy.Pointer, weights.Pointer, cpu);
        DataGradient data = new(g, dy, dx, Precision.Default, Items, cpu);
        using Scratch packed = new(data.PackedSize),
            workspace = new(data.WorkspaceSize);
        float* w = weights.Pointer,
            p = packed.Pointer;
        double pack = Best(() => data.Pack(w, p));
        ConvolutionCall call = new()
        {
            X = mapDy.Pointer,
            XItem = dy.Item,
            Y = mapDx.Pointer,
            YItem = dx.Item,
            Weights = p,
            Bias = zeros.Pointer,
            Items = Items,
            Parts = 1,
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
        };
        float* own = workspace.Pointer;
        double ofData = Best(() => data.Run(call, own));
        string name =
            $"{g.InChannels}-{g.OutChannels}@{g.Width.Out} {g.Width.Kernel}x{g.Width.Kernel} s{g.Width.Stride} g{g.Groups}";
        Console.WriteLine(
            $"{name, -34} {work / ofWeights / 1e6, 8:F1} {unpack, 9:F2} {work / ofData / 1e6, 8:F1} {pack, 8:F2} {data}"
        );
    }

    private static (double Run, double Unpack) Weights(
        ConvolutionGeometry g,
        BlockedLayout x,
        BlockedLayout dy,
        float* mapX,
        float* mapDy,
        float* weights,
        CpuProfile cpu
    )
    {
        IWeightsGradient kernel =
            g.Groups > 1 ? new DepthwiseWeightsGradient(g, x, dy, cpu)
            : WinogradWeightsGradient.IsQuicker(g, Items, cpu) ? new WinogradWeightsGradient(g, x, dy, Items, cpu)
            : new WeightsGradient(g, x, dy, cpu);
        using Scratch sums = new(kernel.SumsSize),
            workspace = new(kernel.WorkspaceSize);
        float* own = workspace.Pointer,
            s = sums.Pointer;
        WeightsGradientCall call = new()
        {
            X = mapX,
            XItem = x.Item,
            Dy = mapDy,
            DyItem = dy.Item,
            Items = Items,
            Sums = s,
        };
        return (Best(() => kernel.Run(call, own, 0, 1)), Best(() => kernel.Unpack(s, weights)));
    }

    private static double Best(Action run)
    {
        double best = double.MaxValue;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < 0.4; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }
}
