namespace Fovea.Tests;

/// <summary>A random network of one to three inputs and outputs: branches, shared layers, views, reductions, axes of size 0,
/// values that nobody reads.</summary>
internal sealed class RandomProgram : MultiModule
{
    private readonly List<Module> _layers = [];
    private readonly List<(string Name, Func<Tensor[], Tensor> Apply)> _steps = [];
    private int[] _outputs = [];

    private RandomProgram(IReadOnlyList<GraphInput> inputs) => Inputs = inputs;

    /// <summary>The inputs.</summary>
    public IReadOnlyList<GraphInput> Inputs { get; }

    /// <summary>What it does, for messages.</summary>
    public string Text =>
        string.Join(", ", _steps.Select((s, i) => $"{Inputs.Count + i}={s.Name}"))
        + $" -> {string.Join(" ", _outputs)}";

    /// <summary>Draws one.</summary>
    public static RandomProgram Draw(Rng rng)
    {
        GraphInput[] inputs =
        [
            .. Enumerable
                .Range(0, 1 + rng.Next(3))
                .Select(i => GraphInput.OfItems($"x{i}", rng.Next(3) == 0 ? [3] : [1 + rng.Next(3), 6, 6])),
        ];
        RandomProgram program = new(inputs);
        List<Tensor> values = [.. program.Data(2, new Rng(1))];
        int steps = 4 + rng.Next(12);
        for (int tries = 0; program._steps.Count < steps && tries < 300; tries++)
        {
            RandomStep step = new(rng, values, program._layers);
            int layers = program._layers.Count;
            try
            {
                if (step.Draw() is var (name, apply) && apply([.. values]) is { Count: < 4096 } y && y.Shape[0] == 2)
                {
                    program._steps.Add((name, apply));
                    values.Add(y.Detach());
                    continue;
                }
            }
            catch (Exception e) when (e is ShapeException or ArgumentException) { }

            program._layers.RemoveRange(layers, program._layers.Count - layers);
        }

        int first = inputs.Length;
        program._outputs =
        [
            .. Enumerable.Range(0, 1 + rng.Next(3)).Select(_ => first + rng.Next(values.Count - first)),
        ];
        program._outputs[0] = values.Count - 1;
        return program;
    }

    /// <summary>Inputs for a batch.</summary>
    public Tensor[] Data(int batch, Rng rng) => [.. Inputs.Select(i => Tensor.Normal(i.Shape.At(batch), rng: rng))];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
    {
        List<Tensor> values = [.. inputs];
        foreach ((_, Func<Tensor[], Tensor> apply) in _steps)
        {
            values.Add(apply([.. values]));
        }

        return [.. _outputs.Select(o => values[o])];
    }

    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _layers.Select((l, i) => ($"layer{i}", (object)l));
}

/// <summary>Draws one step of a <see cref="RandomProgram"/>.</summary>
internal sealed class RandomStep(Rng rng, List<Tensor> values, List<Module> layers)
{
    /// <summary>A step, or null where the draw does not fit.</summary>
    public (string Name, Func<Tensor[], Tensor> Apply)? Draw()
    {
        int a = Any(),
            b = Any(),
            rank = values[a].Rank;
        return rng.Next(24) switch
        {
            0 or 1 when rank == 4 => Layer(
                a,
                new Conv2d(values[a].Shape[1], 1 + rng.Next(4), 1 + rng.Next(3), padding: 1)
            ),
            2 when layers.Count > 0 => Shared(a),
            3 when rank == 4 => Layer(a, new BatchNorm2d(values[a].Shape[1])),
            4 => Function("relu", a, x => x.Relu()),
            5 => Function("silu", a, x => x.Silu()),
            6 => Function("tanh", a, x => x.Tanh()),
            7 => ($"add {a} {b}", v => v[a] + v[b]),
            8 => ($"multiply {a} {b}", v => v[a] * v[b]),
            9 => ($"concat {a} {b}", v => Tensor.Concat([v[a], v[b]])),
            10 when rank > 1 => Narrow(a),
            11 when rank == 4 => Function("permute", a, x => x.Permute(0, 1, 3, 2)),
            12 => Function("flatten", a, x => x.Flatten(1)),
            13 when rank > 2 => Function("mean", a, x => x.Mean([-1], keepDims: true)),
            14 when rank > 1 => Function("sum", a, x => x.Sum([1], keepDims: true)),
            15 when rank == 4 => Layer(a, new MaxPool2d(2)),
            16 when rank == 4 => Layer(a, new AvgPool2d(2, padding: Padding.Same)),
            17 when rank == 4 => Layer(a, new Upsample(scale: 2)),
            18 => Layer(a, new Dropout(0.3)),
            19 when rank > 1 => Function("softmax", a, x => x.Softmax(1)),
            20 when rank > 1 => Layer(a, new Linear(values[a].Shape[-1], 1 + rng.Next(3))),
            21 when rank == 4 => Layer(a, new GroupNorm(1, values[a].Shape[1])),
            22 when rank > 1 => Function("max", a, x => x.Max([1], keepDims: true)),
            23 => ($"maximum {a} {b}", v => v[a].Maximum(v[b])),
            _ => null,
        };
    }

    private int Any() =>
        rng.Next(3) == 0 ? rng.Next(values.Count) : values.Count - 1 - rng.Next(Math.Min(3, values.Count));

    private static (string, Func<Tensor[], Tensor>) Function(string name, int a, Func<Tensor, Tensor> function) =>
        ($"{name} {a}", v => function(v[a]));

    private (string, Func<Tensor[], Tensor>) Layer(int a, Module layer)
    {
        layer.Initialize(7);
        layers.Add(layer);
        return ($"{layer.GetType().Name} {a}", v => layer.Forward(v[a]));
    }

    private (string, Func<Tensor[], Tensor>) Shared(int a)
    {
        Module layer = layers[rng.Next(layers.Count)];
        return ($"shared {layer.GetType().Name} {a}", v => layer.Forward(v[a]));
    }

    private (string, Func<Tensor[], Tensor>) Narrow(int a)
    {
        int size = values[a].Shape[1],
            start = rng.Next(size + 1),
            length = rng.Next(size - start + 1);
        return ($"narrow {a} {start} {length}", v => v[a].Narrow(1, start, length));
    }
}
