namespace Fovea.Tests;

/// <summary>Pooling layers by number of axes, and the table of options the pool tests run over.</summary>
internal static class PoolCases
{
    public static Module Max(
        int rank,
        PerAxis kernel,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode mode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    ) =>
        rank switch
        {
            1 => new MaxPool1d(kernel, stride, padding, mode, dilation, ceilMode),
            2 => new MaxPool2d(kernel, stride, padding, mode, dilation, ceilMode),
            _ => new MaxPool3d(kernel, stride, padding, mode, dilation, ceilMode),
        };

    public static Module Average(
        int rank,
        PerAxis kernel,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode mode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false,
        bool countIncludePad = true,
        int? divisor = null
    ) =>
        rank switch
        {
            1 => new AvgPool1d(kernel, stride, padding, mode, dilation, ceilMode, countIncludePad, divisor),
            2 => new AvgPool2d(kernel, stride, padding, mode, dilation, ceilMode, countIncludePad, divisor),
            _ => new AvgPool3d(kernel, stride, padding, mode, dilation, ceilMode, countIncludePad, divisor),
        };

    public static Module Lp(
        int rank,
        double norm,
        PerAxis kernel,
        PerAxis? stride = null,
        Padding padding = default,
        PaddingMode mode = PaddingMode.Zeros,
        PerAxis? dilation = null,
        bool ceilMode = false
    ) =>
        rank switch
        {
            1 => new LpPool1d(norm, kernel, stride, padding, mode, dilation, ceilMode),
            2 => new LpPool2d(norm, kernel, stride, padding, mode, dilation, ceilMode),
            _ => new LpPool3d(norm, kernel, stride, padding, mode, dilation, ceilMode),
        };

    public static Module AdaptiveAverage(int rank, PerAxis size) =>
        rank switch
        {
            1 => new AdaptiveAvgPool1d(size),
            2 => new AdaptiveAvgPool2d(size),
            _ => new AdaptiveAvgPool3d(size),
        };

    public static Module AdaptiveMax(int rank, PerAxis size) =>
        rank switch
        {
            1 => new AdaptiveMaxPool1d(size),
            2 => new AdaptiveMaxPool2d(size),
            _ => new AdaptiveMaxPool3d(size),
        };

    /// <summary>Shape and layer, over every option. Shapes are small: gradients are checked element by
    /// element.</summary>
    public static IEnumerable<(string Name, Shape X, Module Layer)> All()
    {
        Padding[] paddings = [0, 1, Padding.Explicit(1, 0), Padding.Same, Padding.SameTensorFlow, Padding.Causal];
        Shape[] shapes =
        [
            [2, 2, 7],
            [1, 2, 5, 6],
            [1, 1, 3, 4, 5],
        ];
        foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
        {
            foreach (Padding padding in paddings)
            {
                foreach (
                    (int kernel, int stride, int dilation, bool ceil) in new[]
                    {
                        (2, 2, 1, false),
                        (3, 2, 1, true),
                        (2, 3, 1, true),
                        (3, 1, 1, false),
                        (2, 1, 2, false),
                    }
                )
                {
                    int rank = 1 + ((kernel + stride + (int)mode) % 3); // every rank meets every rule, mode and kernel; all products would take minutes
                    string name =
                        $"rank {rank} kernel {kernel} stride {stride} dilation {dilation} ceil {ceil} padding {padding} {mode}";
                    yield return (
                        $"max {name}",
                        shapes[rank - 1],
                        Max(rank, kernel, stride, padding, mode, dilation, ceil)
                    );
                    yield return (
                        $"average {name}",
                        shapes[rank - 1],
                        Average(
                            rank,
                            kernel,
                            stride,
                            padding,
                            mode,
                            dilation,
                            ceil,
                            countIncludePad: stride != 2,
                            divisor: stride == 3 ? 5 : null
                        )
                    );
                    yield return (
                        $"norm {name}",
                        shapes[rank - 1],
                        Lp(rank, kernel == 2 ? 2.0 : 3.5, kernel, stride, padding, mode, dilation, ceil)
                    );
                }
            }
        }

        for (int rank = 1; rank <= 3; rank++)
        {
            foreach (int size in new[] { 1, 2, 4, 0 })
            {
                yield return (
                    $"adaptive average rank {rank} size {size}",
                    shapes[rank - 1],
                    AdaptiveAverage(rank, size)
                );
                yield return ($"adaptive max rank {rank} size {size}", shapes[rank - 1], AdaptiveMax(rank, size));
            }

            yield return ($"global average rank {rank}", shapes[rank - 1], new GlobalAvgPool());
            yield return ($"global max rank {rank}", shapes[rank - 1], new GlobalMaxPool(flatten: true));
        }

        yield return ("one pixel", [1, 2, 1, 1], Max(2, 1));
        yield return ("one pixel padded", [1, 2, 1, 1], Average(2, 3, 1, 1));
        yield return ("different per axis", [1, 2, 6, 7], Max(2, (3, 2), (2, 1), (1, 0), dilation: (1, 2)));
        yield return ("unbatched", [2, 5, 5], Average(2, 2));
    }
}
