namespace Fovea.Tests;

/// <summary>Pools in every padding rule and mode, normalizations and upsampling.</summary>
internal static class PoolingGradientCases
{
    private static readonly (string Name, Padding Padding)[] Paddings =
    [
        ("valid", Padding.Valid),
        ("same", Padding.Same),
        ("same-tf", Padding.SameTensorFlow),
        ("causal", Padding.Causal),
        ("1+0", Padding.Explicit(1, 0)),
    ];

    public static IEnumerable<GradientCase> All() => [.. Sliding(), .. Special(), .. Normalizations(), .. Upsampling()];

    private static IEnumerable<GradientCase> Sliding()
    {
        foreach ((string rule, Padding padding) in Paddings)
        {
            foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
            {
                string name = $"{rule} {mode}";
                yield return GradientCase.Of(
                    $"MaxPool1d k3 s2 {name}",
                    new MaxPool1d(3, 2, padding, mode),
                    GradientCase.Spread([2, 2, 7], name)
                );
                yield return GradientCase.Of(
                    $"MaxPool2d k2 s1 d2 {name}",
                    new MaxPool2d(2, 1, padding, mode, 2),
                    GradientCase.Spread([1, 2, 5, 4], name)
                );
                yield return GradientCase.Of(
                    $"AvgPool1d k2 s3 {name}",
                    new AvgPool1d(2, 3, padding, mode),
                    GradientCase.Leaf([1, 2, 8], name)
                );
                yield return GradientCase.Of(
                    $"AvgPool2d k3x2 {name}",
                    new AvgPool2d((3, 2), (2, 1), padding, mode, countIncludePad: false),
                    GradientCase.Leaf([2, 1, 5, 4], name)
                );
                yield return GradientCase.Of(
                    $"LpPool1d p3 k3 s2 {name}",
                    new LpPool1d(3, 3, 2, padding, mode),
                    GradientCase.Spread([1, 2, 6], name)
                );
                yield return GradientCase.Of(
                    $"LpPool2d p2 k2 s2 {name}",
                    new LpPool2d(2, 2, 2, padding, mode),
                    GradientCase.Spread([1, 1, 5, 3], name)
                );
            }
        }
    }

    private static IEnumerable<GradientCase> Special()
    {
        yield return GradientCase.Of(
            "MaxPool2d ceil",
            new MaxPool2d(3, 2, ceilMode: true),
            GradientCase.Spread([1, 2, 6, 6])
        );
        yield return GradientCase.Of(
            "MaxPool2d stride over kernel",
            new MaxPool2d(1, 3),
            GradientCase.Spread([1, 1, 5, 7])
        );
        yield return GradientCase.Of("MaxPool3d", new MaxPool3d(2, 2, 1), GradientCase.Spread([1, 1, 3, 4, 3]));
        yield return GradientCase.Of("MaxPool2d one pixel", new MaxPool2d(1), GradientCase.Spread([2, 3, 1, 1]));
        yield return GradientCase.Of("MaxPool2d unbatched", new MaxPool2d(2), GradientCase.Spread([2, 4, 4]));
        yield return GradientCase.Of(
            "AvgPool2d ceil",
            new AvgPool2d(3, 2, 1, ceilMode: true),
            GradientCase.Leaf([1, 2, 6, 6])
        );
        yield return GradientCase.Of(
            "AvgPool2d divisor",
            new AvgPool2d(2, divisorOverride: 3),
            GradientCase.Leaf([1, 2, 4, 5])
        );
        yield return GradientCase.Of("AvgPool3d", new AvgPool3d(2, 1, 1), GradientCase.Leaf([1, 1, 2, 3, 2]));
        yield return GradientCase.Of("LpPool3d", new LpPool3d(2, 2), GradientCase.Spread([1, 1, 2, 4, 2]));
        yield return GradientCase.Of("AdaptiveAvgPool1d", new AdaptiveAvgPool1d(3), GradientCase.Leaf([2, 2, 7]));
        yield return GradientCase.Of(
            "AdaptiveAvgPool2d 7x5 to 3x2",
            new AdaptiveAvgPool2d((3, 2)),
            GradientCase.Leaf([1, 2, 7, 5])
        );
        yield return GradientCase.Of(
            "AdaptiveAvgPool2d enlarging",
            new AdaptiveAvgPool2d(5),
            GradientCase.Leaf([1, 1, 2, 2])
        );
        yield return GradientCase.Of("AdaptiveAvgPool3d", new AdaptiveAvgPool3d(2), GradientCase.Leaf([1, 1, 3, 2, 5]));
        yield return GradientCase.Of("AdaptiveMaxPool1d", new AdaptiveMaxPool1d(2), GradientCase.Spread([1, 2, 5]));
        yield return GradientCase.Of(
            "AdaptiveMaxPool2d",
            new AdaptiveMaxPool2d((3, 2)),
            GradientCase.Spread([1, 2, 7, 5])
        );
        yield return GradientCase.Of(
            "AdaptiveMaxPool3d",
            new AdaptiveMaxPool3d(2),
            GradientCase.Spread([1, 1, 3, 3, 3])
        );
        yield return GradientCase.Of("GlobalAvgPool", new GlobalAvgPool(), GradientCase.Leaf([2, 3, 3, 5]));
        yield return GradientCase.Of(
            "GlobalAvgPool flat series",
            new GlobalAvgPool(flatten: true),
            GradientCase.Leaf([2, 3, 5])
        );
        yield return GradientCase.Of("GlobalMaxPool", new GlobalMaxPool(), GradientCase.Spread([2, 2, 3, 2]));
    }

    private static IEnumerable<GradientCase> Normalizations()
    {
        foreach (Shape shape in new Shape[] { [3, 2], [4, 1], [2, 3, 5], [2, 2, 3, 3], [2, 2, 2, 3, 2], [1, 3, 4] })
        {
            yield return GradientCase.Of($"BatchNorm {shape}", new BatchNorm(shape[1]), GradientCase.Leaf(shape));
            yield return GradientCase.Of(
                $"BatchNorm no affine {shape}",
                new BatchNorm(shape[1], affine: false),
                GradientCase.Leaf(shape)
            );
            yield return GradientCase.Of(
                $"BatchNorm eval {shape}",
                new BatchNorm(shape[1]).Eval(),
                GradientCase.Leaf(shape)
            );
        }

        foreach (
            (BatchNormRelu layer, BatchNormRelu residual, Shape shape) in new (BatchNormRelu, BatchNormRelu, Shape)[]
            {
                (new BatchNormRelu1d(2), new BatchNormRelu1d(2), [2, 2, 5]),
                (new BatchNormRelu2d(2), new BatchNormRelu2d(2), [2, 2, 3, 3]),
                (new BatchNormRelu3d(2), new BatchNormRelu3d(2), [2, 2, 2, 3, 2]),
            }
        )
        {
            string name = layer.GetType().Name;
            yield return GradientCase.Of(name, layer, GradientCase.Spread(shape));
            yield return new GradientCase(
                $"{name} residual",
                i => residual.Forward(i[0], i[1]),
                GradientCase.WithParameters(residual, GradientCase.Spread(shape), GradientCase.Leaf(shape, "r"))
            );
        }

        foreach (Shape shape in new Shape[] { [2, 4], [2, 4, 3], [1, 4, 3, 2], [2, 4, 2, 1, 3] })
        {
            yield return GradientCase.Of($"GroupNorm 2 {shape}", new GroupNorm(4, 2), GradientCase.Leaf(shape));
            yield return GradientCase.Of(
                $"GroupNorm 1 {shape}",
                new GroupNorm(4, 1, affine: false),
                GradientCase.Leaf(shape)
            );
            yield return GradientCase.Of(
                $"LayerNorm {shape}",
                new LayerNorm(Shape.Create(shape.Sizes[1..])),
                GradientCase.Leaf(shape)
            );
            yield return GradientCase.Of(
                $"LayerNorm last {shape}",
                new LayerNorm(Shape.Create(shape.Sizes[^1..])),
                shape[-1] > 1 ? GradientCase.Leaf(shape) : GradientCase.Leaf(shape.With(-1, 1))
            );
        }

        LayerNorm squared = new([4]);
        squared.Parameters()[0].RequiresGrad = false;
        Tensor rows = GradientCase.Leaf([3, 4], "rows").Detach();
        yield return new GradientCase(
            "LayerNorm squared, bias alone",
            _ => squared.Forward(rows).Square(),
            [.. GradientCase.WithParameters(squared).Skip(1)]
        );
        yield return GradientCase.Of(
            "InstanceNorm1d",
            new InstanceNorm1d(2, affine: true),
            GradientCase.Leaf([2, 2, 5])
        );
        yield return GradientCase.Of("InstanceNorm2d", new InstanceNorm2d(2), GradientCase.Leaf([2, 2, 3, 2]));
        yield return GradientCase.Of(
            "InstanceNorm3d",
            new InstanceNorm3d(1, affine: true),
            GradientCase.Leaf([1, 1, 2, 2, 3])
        );
    }

    private static IEnumerable<GradientCase> Upsampling()
    {
        foreach (UpsampleMode mode in Enum.GetValues<UpsampleMode>())
        {
            yield return GradientCase.Of($"Upsample 2 {mode} 1d", new Upsample(2, mode), GradientCase.Leaf([1, 2, 4]));
            yield return GradientCase.Of(
                $"Upsample 2 {mode} 2d",
                new Upsample(2, mode),
                GradientCase.Leaf([1, 2, 3, 2])
            );
            yield return GradientCase.Of(
                $"Upsample 1.5 {mode} 2d",
                new Upsample(1.5, mode),
                GradientCase.Leaf([1, 1, 4, 3])
            );
            yield return GradientCase.Of(
                $"Upsample to 5x2 {mode}",
                Upsample.ToSize((5, 2), mode),
                GradientCase.Leaf([1, 2, 3, 4])
            );
            yield return GradientCase.Of(
                $"Upsample {mode} 3d",
                new Upsample(2, mode),
                GradientCase.Leaf([1, 1, 2, 1, 2])
            );
        }

        yield return GradientCase.Of(
            "Upsample aligned",
            Upsample.ToSize((5, 6), UpsampleMode.Linear, alignCorners: true),
            GradientCase.Leaf([1, 1, 3, 2])
        );
    }
}
