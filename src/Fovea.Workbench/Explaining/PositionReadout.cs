namespace Fovea.Workbench;

/// <summary>How well the place of a dot can be read from what a network computes.</summary>
/// <remarks>
/// Items are of the mean of each channel, with a bright dot at a random place in their middle, of varying brightness, and a
/// little noise. The place is read by a linear read-out of all channels and positions (<see cref="RidgeReadout"/>), which is told of
/// two thirds of the items and asked about the rest. Islam, Jia, Bruce 2020, How much position information do convolutional
/// neural networks encode?, read it likewise.
/// </remarks>
internal sealed class PositionReadout
{
    /// <summary>Items, and of them those that the read-out is fitted to.</summary>
    public const int Items = 144,
        Fitted = 96;

    private const int Chunk = 48,
        MostPositions = 16,
        MostFeatures = 8192;

    // Of the input's side: the dot's deviation, and how far it keeps from the border.
    private const double Width = 1.0 / 12.0,
        Margin = 0.25;

    // Of the items' deviation by channel: brightness of a dot, and noise.
    private const double Bright = 3.0,
        Noise = 0.1,
        Varies = 0.25;

    private readonly double[][] _places;
    private readonly Tensor[] _chunks;

    private PositionReadout(double[][] places, Tensor[] chunks) => (_places, _chunks) = (places, chunks);

    /// <summary>Plants the dots.</summary>
    /// <param name="items">Some items, [N, C, ...] with one spatial axis or more.</param>
    /// <param name="rng">Draws places, brightness and noise.</param>
    public static PositionReadout Of(Tensor items, Rng rng)
    {
        int[] sizes = items.Shape.Sizes[2..].ToArray();
        Ground ground = Ground.Of(items);
        double[][] places = [.. sizes.Select(size => Enumerable.Range(0, Items).Select(_ => Drawn(size)).ToArray())];
        float[][] planted =
        [
            .. Enumerable
                .Range(0, Items)
                .Select(i => ground.With([.. places.Select(axis => axis[i])], sizes, rng.Split((ulong)i))),
        ];
        Tensor[] chunks =
        [
            .. planted
                .Chunk(Chunk)
                .Select(part =>
                    Tensor
                        .From(part.SelectMany(p => p).ToArray(), Shape.Create([part.Length, .. items.Shape.Sizes[1..]]))
                        .To(items.DType)
                ),
        ];
        return new PositionReadout(places, chunks);

        double Drawn(int size) => (size - 1) * (Margin + ((1.0 - (2.0 * Margin)) * rng.NextDouble()));
    }

    /// <summary>Runs the network, and reads the place from some of its values.</summary>
    /// <param name="graph">The network, of one input, traced in evaluation.</param>
    /// <param name="values">The values.</param>
    /// <returns>By value the share of the variance of the place that is read, 0-1.</returns>
    public IReadOnlyList<double> Read(Graph graph, IReadOnlyList<Value> values)
    {
        Dictionary<Value, List<float[]>> features = values.ToDictionary(v => v, _ => new List<float[]>());
        Interpreter interpreter = new(graph) { AppliesUpdates = false };
        foreach (Tensor chunk in _chunks)
        {
            interpreter.Run(
                [chunk],
                (value, tensor) => features.GetValueOrDefault(value)?.AddRange(Rows(tensor, chunk.Shape[0]))
            );
        }

        return
        [
            .. values.Select(v =>
                features[v] is { Count: Items } rows ? RidgeReadout.ShareRead(rows, _places, Fitted) : double.NaN
            ),
        ];
    }

    /// <summary>A row of features an item: maps averaged to at most 16 positions along an axis, and of many channels some.</summary>
    private static float[][] Rows(Tensor map, int items)
    {
        if (map.DType == DType.Int64 || map.Rank < 2 || map.Shape[0] != items)
        {
            return [];
        }

        Tensor small = map;
        for (int axis = 2; axis < map.Rank; axis++)
        {
            small = Averaged(small, axis);
        }

        float[] values = small.ToArray<float>();
        int size = values.Length / items,
            channels = small.Shape[1],
            positions = size / channels;
        int[] kept = FilterStatistics.Spread(channels, Math.Max(1, MostFeatures / positions));
        return values
            .Chunk(size)
            .Select(item => kept.SelectMany(c => item.AsSpan(c * positions, positions).ToArray()).ToArray())
            .ToArray();
    }

    private static Tensor Averaged(Tensor map, int axis)
    {
        int size = map.Shape[axis],
            step = (size + MostPositions - 1) / MostPositions;
        return step == 1
            ? map
            : Tensor.Concat(
                [
                    .. Enumerable
                        .Range(0, (size + step - 1) / step)
                        .Select(i =>
                            map.Narrow(axis, i * step, Math.Min(step, size - (i * step))).Mean([axis], keepDims: true)
                        ),
                ],
                axis
            );
    }

    /// <summary>What dots are planted on: the mean of each channel, the same everywhere, so that the ground tells
    /// nothing.</summary>
    /// <param name="Means">By channel.</param>
    /// <param name="Deviations">By channel.</param>
    private sealed record Ground(double[] Means, double[] Deviations)
    {
        public static Ground Of(Tensor items)
        {
            double[] values = items.ToArray<double>(),
                sums = new double[items.Shape[1]],
                squares = new double[items.Shape[1]];
            int positions = values.Length / (items.Shape[0] * items.Shape[1]);
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i / positions % sums.Length;
                sums[channel] += values[i];
                squares[channel] += values[i] * values[i];
            }

            double n = (double)items.Shape[0] * positions;
            double[] deviations =
            [
                .. sums.Select((s, c) => Math.Sqrt(Math.Max(0.0, (squares[c] / n) - (s / n * (s / n))))),
            ];
            double most = deviations.Max();
            return new Ground(
                [.. sums.Select(s => s / n)],
                [
                    .. deviations.Select(d =>
                        d > 1e-3 * most ? d
                        : most > 0 ? most
                        : 1.0
                    ),
                ]
            );
        }

        public float[] With(double[] place, int[] sizes, Rng rng)
        {
            double bright = Bright * (1.0 + (Varies * ((2.0 * rng.NextDouble()) - 1.0)));
            double[] dot =
            [
                .. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => bright * At(i, place, sizes)),
            ];
            return
            [
                .. Enumerable
                    .Range(0, Means.Length * dot.Length)
                    .Select(i =>
                        (float)(
                            Means[i / dot.Length]
                            + (Deviations[i / dot.Length] * (dot[i % dot.Length] + (Noise * rng.NextNormal())))
                        )
                    ),
            ];
        }

        private static double At(int index, double[] place, int[] sizes)
        {
            double distance = 0.0;
            for (int axis = sizes.Length - 1; axis >= 0; axis--)
            {
                (index, int at) = Math.DivRem(index, sizes[axis]);
                double off = (at - place[axis]) / Math.Max(1.0, Width * sizes[axis]);
                distance += off * off;
            }

            return Math.Exp(-0.5 * distance);
        }
    }
}
