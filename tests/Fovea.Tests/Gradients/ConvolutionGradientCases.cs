namespace Fovea.Tests;

/// <summary>Convolutions: every padding rule in every mode, ranks 1 to 3, with strides, dilations, groups, odd sizes
/// and single pixels.</summary>
internal static class ConvolutionGradientCases
{
    private static readonly (string Name, Padding Padding)[] Paddings =
    [
        ("valid", Padding.Valid),
        ("same", Padding.Same),
        ("same-tf", Padding.SameTensorFlow),
        ("causal", Padding.Causal),
        ("1+2", Padding.Explicit(1, 2)),
    ];

    // kernel, stride, dilation, groups, channels in and out
    private static readonly (int Kernel, int Stride, int Dilation, int Groups, int In, int Out)[] Windows =
    [
        (3, 1, 1, 1, 2, 3),
        (2, 3, 1, 2, 2, 4),
        (2, 2, 2, 1, 1, 2),
        (3, 2, 1, 2, 4, 2),
    ];

    public static IEnumerable<GradientCase> All() => [.. Ordinary(), .. Transposed(), .. Layers()];

    private static IEnumerable<GradientCase> Ordinary()
    {
        for (int rank = 1; rank <= 3; rank++)
        {
            foreach ((string name, Padding padding) in Paddings)
            {
                foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
                {
                    foreach (var w in Windows)
                    {
                        int[] sizes = rank switch
                        {
                            1 => [7],
                            2 => [5, 4],
                            _ => [4, 3, 4],
                        };
                        if (mode != PaddingMode.Zeros && rank == 3 && w.Kernel == 3)
                        {
                            continue; // the other windows cover the modes in three dimensions at a tenth of the time
                        }

                        Convolution op = new(rank, w.Stride, padding, w.Dilation, w.Groups, mode);
                        int[] filter = [w.Out, w.In / w.Groups, .. Enumerable.Repeat(w.Kernel, rank)];
                        yield return new GradientCase(
                            $"conv{rank}d k{w.Kernel} s{w.Stride} d{w.Dilation} g{w.Groups} {name} {mode}",
                            i => op.Apply(i[0], i[1], i[2]),
                            [
                                GradientCase.Leaf([1, w.In, .. sizes]),
                                GradientCase.Leaf(Shape.Create(filter)),
                                GradientCase.Leaf([w.Out]),
                            ]
                        );
                    }
                }
            }
        }
    }

    private static IEnumerable<GradientCase> Transposed()
    {
        for (int rank = 1; rank <= 3; rank++)
        {
            foreach (
                (int kernel, int stride, int padding, int outputPadding, int dilation, int groups) in new[]
                {
                    (3, 1, 0, 0, 1, 1),
                    (3, 2, 1, 1, 1, 2),
                    (2, 3, 0, 2, 1, 1),
                    (2, 1, 1, 0, 2, 2),
                    (1, 2, 0, 1, 1, 1),
                    (2, 1, 1, 1, 3, 1),
                }
            )
            {
                int[] sizes = rank switch
                {
                    1 => [5],
                    2 => [3, 2],
                    _ => [2, 3, 2],
                };
                TransposedConvolution op = new(rank, stride, padding, outputPadding, dilation, groups);
                int[] filter = [2, 2, .. Enumerable.Repeat(kernel, rank)];
                yield return new GradientCase(
                    $"convtranspose{rank}d k{kernel} s{stride} p{padding} op{outputPadding} d{dilation} g{groups}",
                    i => op.Apply(i[0], i[1], i[2]),
                    [
                        GradientCase.Leaf([2, 2, .. sizes]),
                        GradientCase.Leaf(Shape.Create(filter)),
                        GradientCase.Leaf([2 * groups]),
                    ]
                );
            }
        }
    }

    private static IEnumerable<GradientCase> Layers()
    {
        yield return GradientCase.Of("Conv1d 1 pixel", new Conv1d(1, 2, 3, padding: 1), GradientCase.Leaf([2, 1, 1]));
        yield return GradientCase.Of(
            "Conv2d 1 pixel 5x5 pad 2",
            new Conv2d(1, 1, 5, padding: 2),
            GradientCase.Leaf([1, 1, 1, 1])
        );
        yield return GradientCase.Of(
            "Conv2d 1x1 stride 2 (unread pixels)",
            new Conv2d(2, 2, 1, stride: 2),
            GradientCase.Leaf([1, 2, 4, 3])
        );
        yield return GradientCase.Of(
            "Conv2d stride 7 on 5",
            new Conv2d(1, 1, 1, stride: 7),
            GradientCase.Leaf([1, 1, 5, 5])
        );
        yield return GradientCase.Of(
            "Conv2d pad 5 kernel 3",
            new Conv2d(1, 1, 3, padding: 5),
            GradientCase.Leaf([1, 1, 2, 3])
        );
        yield return GradientCase.Of(
            "Conv2d per axis",
            new Conv2d(2, 3, (3, 2), stride: (1, 2), padding: (2, 0), dilation: (2, 1)),
            GradientCase.Leaf([1, 2, 6, 5])
        );
        yield return GradientCase.Of("Conv2d unbatched", new Conv2d(2, 1, 3), GradientCase.Leaf([2, 4, 3]));
        yield return GradientCase.Of(
            "Conv2d (1,9,32,32) k5 s3 p1, one channel of it",
            new Conv2d(1, 1, 5, stride: 3, padding: 1),
            GradientCase.Leaf([1, 1, 11, 8])
        );
        yield return GradientCase.Of("Conv3d", new Conv3d(1, 2, 2), GradientCase.Leaf([1, 1, 3, 2, 3]));
        yield return GradientCase.Of(
            "ConvTranspose2d same",
            new ConvTranspose2d(2, 1, 3, stride: 2, padding: Padding.SameTensorFlow),
            GradientCase.Leaf([1, 2, 2, 3])
        );
        yield return GradientCase.Of(
            "DepthwiseConv1d",
            new DepthwiseConv1d(3, 3, padding: Padding.Same, multiplier: 2),
            GradientCase.Leaf([1, 3, 5])
        );
        yield return GradientCase.Of(
            "DepthwiseConv2d",
            new DepthwiseConv2d(3, 3, padding: 1, paddingMode: PaddingMode.Reflect),
            GradientCase.Leaf([1, 3, 4, 3])
        );
        yield return GradientCase.Of(
            "DepthwiseSeparableConv2d",
            new DepthwiseSeparableConv2d(2, 3, 3, stride: 2, padding: 1),
            GradientCase.Leaf([1, 2, 5, 4])
        );
        yield return GradientCase.Of(
            "DepthwiseSeparableConv3d",
            new DepthwiseSeparableConv3d(2, 2, 2),
            GradientCase.Leaf([1, 2, 2, 3, 2])
        );
    }
}
