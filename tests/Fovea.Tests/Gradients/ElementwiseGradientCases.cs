namespace Fovea.Tests;

/// <summary>Arithmetic with broadcasting, activations, reductions, shape operations, products, containers and
/// losses.</summary>
internal static class ElementwiseGradientCases
{
    public static IEnumerable<GradientCase> All() =>
        [
            .. Arithmetic(),
            .. Functions(),
            .. Activations(),
            .. Reductions(),
            .. Shapes(),
            .. Products(),
            .. Containers(),
            .. Dropping(),
            .. Losses(),
        ];

    private static IEnumerable<GradientCase> Arithmetic()
    {
        (Shape A, Shape B)[] pairs =
        [
            ([2, 3], [2, 3]),
            ([2, 3, 4], [4]),
            ([2, 3, 2, 2], [3, 1, 1]),
            ([2, 3, 1], [1, 1, 5]),
            ([], [2, 3]),
            ([1], [3, 1]),
            ([2, 1, 3], [2, 4, 1]),
        ];
        foreach ((Shape a, Shape b) in pairs)
        {
            Tensor denominator() => GradientCase.Leaf(b, "d", mean: 3, std: 0.3);
            yield return new GradientCase(
                $"{a} + {b}",
                i => i[0] + i[1],
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
            yield return new GradientCase(
                $"{a} - {b}",
                i => i[0] - i[1],
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
            yield return new GradientCase(
                $"{a} * {b}",
                i => i[0] * i[1],
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
            yield return new GradientCase($"{a} / {b}", i => i[0] / i[1], [GradientCase.Leaf(a, "a"), denominator()]);
            yield return new GradientCase(
                $"max {a} {b}",
                i => i[0].Maximum(i[1]),
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
            yield return new GradientCase(
                $"min {a} {b}",
                i => i[0].Minimum(i[1]),
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
        }

        yield return One("scalars", x => (3 - (2 * x)) / 4 + (1 / (x + 9)) - -x, GradientCase.Leaf([3, 2]));
        yield return One("used twice", x => x * x + x, GradientCase.Leaf([4]));
    }

    private static IEnumerable<GradientCase> Functions()
    {
        Tensor positive() => GradientCase.Leaf([7], "p", mean: 4, std: 0.5);
        yield return One("exp", x => x.Exp(), GradientCase.Leaf([7]));
        yield return One("log", x => x.Log(), positive());
        yield return One("sqrt", x => x.Sqrt(), positive());
        yield return One("abs", x => x.Abs(), GradientCase.Spread([7]));
        yield return One("square", x => x.Square(), GradientCase.Leaf([7]));
        yield return One("power 3", x => x.Power(3), GradientCase.Leaf([7]));
        yield return One("power -0.5", x => x.Power(-0.5), positive());
        yield return One("clamp", x => x.Clamp(-0.5, 0.6), GradientCase.Spread([9]));
    }

    private static IEnumerable<GradientCase> Activations()
    {
        (string Name, Func<Module> Make)[] layers =
        [
            ("ReLU", () => new ReLU()),
            ("ReLU6", () => new ReLU6()),
            ("LeakyReLU", () => new LeakyReLU(0.2)),
            ("PReLU", () => new PReLU()),
            ("PReLU by channel", () => new PReLU(3)),
            ("ELU", () => new ELU(1.3)),
            ("SELU", () => new SELU()),
            ("CELU", () => new CELU(0.7)),
            ("GELU", () => new GELU()),
            ("GELU tanh", () => new GELU(tanh: true)),
            ("SiLU", () => new SiLU()),
            ("Mish", () => new Mish()),
            ("Hardswish", () => new Hardswish()),
            ("Hardsigmoid", () => new Hardsigmoid()),
            ("Sigmoid", () => new Sigmoid()),
            ("Tanh", () => new Tanh()),
            ("Softplus", () => new Softplus(1.7, 6)),
            ("Softmax", () => new Softmax()),
            ("LogSoftmax", () => new LogSoftmax(1)),
        ];
        foreach ((string name, Func<Module> make) in layers)
        {
            yield return GradientCase.Of($"{name} [2,3,5]", make(), GradientCase.Spread([2, 3, 5], name));
            yield return GradientCase.Of($"{name} [1,3,1,1]", make(), GradientCase.Spread([1, 3, 1, 1], name));
        }
    }

    private static IEnumerable<GradientCase> Reductions()
    {
        foreach (int[] axes in new int[][] { [], [0], [1], [-1], [0, 2], [1, 2] })
        {
            foreach (bool keep in new[] { false, true })
            {
                string name = $"[{string.Join(",", axes)}] {(keep ? "kept" : "dropped")}";
                yield return One($"sum {name}", x => x.Sum(axes, keep), GradientCase.Leaf([2, 3, 4]));
                yield return One($"mean {name}", x => x.Mean(axes, keep), GradientCase.Leaf([2, 3, 4]));
                yield return One($"max {name}", x => x.Max(axes, keep), GradientCase.Spread([2, 3, 4]));
                yield return One($"variance {name}", x => x.Variance(axes, keep), GradientCase.Leaf([2, 3, 4]));
            }
        }

        yield return One("max squared", x => x.Max([1]).Square(), GradientCase.Spread([2, 3, 4]));
        yield return One("softmax axis 0", x => x.Softmax(0), GradientCase.Leaf([3, 4]));
        yield return One("logsoftmax axis 0", x => x.LogSoftmax(0), GradientCase.Leaf([3, 4]));
    }

    private static IEnumerable<GradientCase> Shapes()
    {
        yield return One("reshape", x => x.Reshape(4, -1) * x.Reshape(4, -1), GradientCase.Leaf([2, 3, 4]));
        yield return One("flatten", x => x.Flatten(1).Square(), GradientCase.Leaf([2, 3, 4]));
        yield return One("squeeze", x => x.Squeeze(1).Exp(), GradientCase.Leaf([2, 1, 3]));
        yield return One("unsqueeze", x => x.Unsqueeze(1).Exp(), GradientCase.Leaf([2, 3]));
        yield return One("permute", x => x.Permute(2, 0, 1) * 2, GradientCase.Leaf([2, 3, 4]));
        yield return One("transpose", x => x.Transpose().Square(), GradientCase.Leaf([3, 4]));
        yield return One("narrow", x => x.Narrow(1, 1, 2), GradientCase.Leaf([2, 4, 3]));
        yield return One("slice", x => x.Slice(0, 1..), GradientCase.Leaf([3, 2]));
        yield return new GradientCase(
            "concat",
            i => Tensor.Concat([i[0], i[1], i[0]]),
            [GradientCase.Leaf([2, 1, 3]), GradientCase.Leaf([2, 4, 3])]
        );
        yield return new GradientCase(
            "concat axis 0",
            i => Tensor.Concat([i[0], i[1]], 0),
            [GradientCase.Leaf([2, 3]), GradientCase.Leaf([1, 3])]
        );
        foreach (PaddingMode mode in Enum.GetValues<PaddingMode>())
        {
            yield return One(
                $"pad {mode} 1d",
                x => x.Pad(Padding.Explicit(1, 2), mode, axes: 1).Square(),
                GradientCase.Leaf([2, 4])
            );
            yield return One(
                $"pad {mode} 2d",
                x => x.Pad(Padding.Explicit((1, 0), (0, 2)), mode, axes: 2).Square(),
                GradientCase.Leaf([1, 3, 4])
            );
        }
    }

    private static IEnumerable<GradientCase> Products()
    {
        foreach ((Shape a, Shape b) in new (Shape, Shape)[] { ([2, 3], [3, 4]), ([1, 5], [5, 1]), ([3, 1], [1, 2]) })
        {
            yield return new GradientCase(
                $"matmul {a} {b}",
                i => i[0].MatMul(i[1]),
                [GradientCase.Leaf(a, "a"), GradientCase.Leaf(b, "b")]
            );
        }

        yield return GradientCase.Of("Linear", new Linear(3, 2), GradientCase.Leaf([4, 3]));
        yield return GradientCase.Of(
            "Linear no bias, 3 axes",
            new Linear(3, 1, bias: false),
            GradientCase.Leaf([2, 2, 3])
        );
        yield return GradientCase.Of("Linear one row", new Linear(1, 1), GradientCase.Leaf([1, 1]));
    }

    private static IEnumerable<GradientCase> Containers()
    {
        yield return GradientCase.Of(
            "Sequential",
            new Sequential(new Conv2d(1, 2, 3, padding: 1), new Tanh(), new Flatten(), new Linear(24, 2)),
            GradientCase.Leaf([2, 1, 3, 4])
        );
        yield return GradientCase.Of(
            "Residual",
            new Residual(new Conv1d(2, 2, 3, padding: Padding.Same), activation: new Tanh()),
            GradientCase.Leaf([1, 2, 5])
        );
        yield return GradientCase.Of(
            "Residual with shortcut",
            new Residual(new Conv1d(2, 3, 3, stride: 2, padding: 1), new Conv1d(2, 3, 1, stride: 2)),
            GradientCase.Leaf([1, 2, 5])
        );
        yield return GradientCase.Of(
            "Concat",
            new Concat(new Conv2d(1, 2, 1), new Conv2d(1, 1, 3, padding: 1)),
            GradientCase.Leaf([1, 1, 3, 3])
        );
        yield return GradientCase.Of("SqueezeExcite", new SqueezeExcite(4, 2), GradientCase.Spread([2, 4, 3, 2]));
        yield return GradientCase.Of("Dropout eval", new Dropout(0.5).Eval(), GradientCase.Leaf([3, 4]));
        yield return GradientCase.Of("DropPath eval", new DropPath(0.5).Eval(), GradientCase.Leaf([3, 4]));
    }

    /// <summary>In training, the mask drawn from the same state at every call.</summary>
    private static IEnumerable<GradientCase> Dropping()
    {
        RandomDrop[] layers =
        [
            new Dropout(0.4),
            new Dropout1d(0.5),
            new Dropout2d(0.5),
            new Dropout3d(0.5),
            new DropPath(0.5),
        ];
        Shape[] shapes =
        [
            [5, 4],
            [3, 4, 3],
            [2, 4, 2, 3],
            [2, 4, 2, 1, 2],
            [6, 3],
        ];
        foreach ((RandomDrop layer, Shape shape) in layers.Zip(shapes))
        {
            layer.Initialize(4);
            RngState state = layer.RandomState;
            yield return One(
                $"{layer.GetType().Name} training",
                x =>
                {
                    layer.RandomState = state;
                    return layer.Forward(x);
                },
                GradientCase.Leaf(shape)
            );
        }
    }

    private static IEnumerable<GradientCase> Losses()
    {
        Tensor labels = Tensor.From<long>([0, 2, 1, 2], [4]);
        Tensor probabilities = Tensor.From<double>([0.1, 0.2, 0.7, 1, 0, 0, 0.3, 0.3, 0.4, 0, 0.5, 0.5], [4, 3]);
        Tensor binary = Tensor.From<double>([0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1], [4, 3]);
        Tensor target = Tensor.Normal([4, 3], rng: new Rng(9), dtype: DType.Float64);
        foreach (double smoothing in new[] { 0, 0.1 })
        {
            yield return One(
                $"CrossEntropy labels smoothing {smoothing}",
                x => new CrossEntropy(smoothing).Forward(x, labels),
                GradientCase.Leaf([4, 3])
            );
            yield return One(
                $"CrossEntropy probabilities smoothing {smoothing}",
                x => new CrossEntropy(smoothing).Forward(x, probabilities),
                GradientCase.Leaf([4, 3])
            );
        }

        yield return One(
            "CrossEntropy class weights",
            x => new CrossEntropy(0.1) { ClassWeights = Tensor.From<float>([0.5f, 2, 1], [3]) }.Forward(x, labels),
            GradientCase.Leaf([4, 3])
        );
        yield return One(
            "CrossEntropy ignored label",
            x => new CrossEntropy { IgnoredLabel = 2 }.Forward(x, labels),
            GradientCase.Leaf([4, 3])
        );
        Tensor map = Tensor.From<long>([0, 2, 1, 2, 2, 2, 0, 9], [2, 2, 2]);
        yield return One(
            "Dice ignored label",
            x => new Dice { IgnoredLabel = 9 }.Forward(x, map),
            GradientCase.Leaf([2, 3, 2, 2])
        );
        (string Name, Loss Loss, Tensor Target)[] losses =
        [
            ("BCE", new BinaryCrossEntropyWithLogits(), binary),
            ("MSE", new MeanSquaredError(), target),
            ("L1", new L1(), target),
            ("Huber", new Huber(0.7), target),
            ("Focal", new Focal(), binary),
            ("KL", new KullbackLeibler(), probabilities),
        ];
        foreach ((string name, Loss loss, Tensor goal) in losses)
        {
            yield return One(name, x => loss.Forward(x, goal), GradientCase.Spread([4, 3], name));
        }
    }

    private static GradientCase One(string name, Func<Tensor, Tensor> function, Tensor x) =>
        new(name, i => function(i[0]), [x]);
}
