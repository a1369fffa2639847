namespace Fovea.Interop.Onnx;

/// <summary>Sampling at positions that a grid gives.</summary>
internal static class GridOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("GridSample") { Specs = c => [new(c[0].Type, Sampled(c))], Evaluate = Sample },
        new("AffineGrid") { Specs = c => [new(c[0].Type, GridShape(c))], Evaluate = Affine },
    ];

    private static Shape Sampled(OnnxCall c)
    {
        Shape x = c[0].Shape,
            grid = c[1].Shape;
        return x.Rank >= 3 && grid.Rank == x.Rank && grid[-1] == x.Rank - 2 && grid[0] == x[0]
            ? Shape.Create([x[0], x[1], .. grid.Skip(1).SkipLast(1)])
            : throw c.Error($"a grid {grid} does not fit an input {x}");
    }

    private static OnnxValue?[] Sample(OnnxCall c)
    {
        Shape x = c[0].Shape,
            y = Sampled(c);
        int rank = x.Rank - 2,
            plane = x.Skip(2).Aggregate(1, (a, b) => a * b),
            points = y.Skip(2).Aggregate(1, (a, b) => a * b);
        double[] values = c[0].Reals(),
            grid = c[1].Reals(),
            result = new double[y.Count];
        GridAxis axes = GridAxis.Of(c);
        for (int n = 0; n < x[0]; n++)
        {
            for (int p = 0; p < points; p++)
            {
                (int Place, double Weight)[] taps = [(0, 1.0)];
                for (int i = 0; i < rank; i++)
                {
                    int size = x[2 + i];
                    double at = grid[(((n * points) + p) * rank) + rank - 1 - i]; // the last axis comes first
                    (int Place, double Weight)[] along = axes.Taps(at, size);
                    taps =
                    [
                        .. taps.SelectMany(t =>
                            along.Select(a =>
                                (t.Place < 0 || a.Place < 0 ? -1 : (t.Place * size) + a.Place, t.Weight * a.Weight)
                            )
                        ),
                    ];
                }

                for (int channel = 0; channel < x[1]; channel++)
                {
                    int start = ((n * x[1]) + channel) * plane;
                    result[(((n * x[1]) + channel) * points) + p] = taps.Sum(t =>
                        t.Place < 0 ? 0.0 : t.Weight * values[start + t.Place]
                    );
                }
            }
        }

        return [OnnxValue.Of(c[0].Type, result, y)];
    }

    private static Shape GridShape(OnnxCall c)
    {
        long[] size = c.Ints(1);
        return size.Length is 4 or 5
            ? c.ShapeOf([size[0], .. size[2..], size.Length - 2])
            : throw c.Error($"size must be [N, C, H, W] or [N, C, D, H, W], got {size.Length} numbers");
    }

    private static OnnxValue?[] Affine(OnnxCall c)
    {
        Shape grid = GridShape(c);
        int rank = grid.Rank - 2,
            points = grid.Skip(1).SkipLast(1).Aggregate(1, (a, b) => a * b);
        bool aligns = c.Node.Flag("align_corners", false);
        double[] theta = c[0].Reals(),
            result = new double[grid.Count],
            at = new double[rank + 1];
        at[rank] = 1.0;
        for (int n = 0; n < grid[0]; n++)
        {
            for (int p = 0; p < points; p++)
            {
                for (int i = rank - 1, rest = p; i >= 0; i--)
                {
                    int size = grid[1 + i];
                    (rest, int place) = Math.DivRem(rest, size);
                    at[rank - 1 - i] = aligns
                        ? size == 1
                            ? -1.0
                            : (2.0 * place / (size - 1)) - 1.0
                        : (((2.0 * place) + 1.0) / size) - 1.0;
                }

                for (int row = 0; row < rank; row++)
                {
                    int start = ((n * rank) + row) * (rank + 1);
                    result[(((n * points) + p) * rank) + row] = at.Select((v, k) => v * theta[start + k]).Sum();
                }
            }
        }

        return [OnnxValue.Of(c[0].Type, result, grid)];
    }
}

/// <summary>How a coordinate of a grid, from -1 to 1, becomes taps along an axis.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="Padding">zeros, border or reflection.</param>
/// <param name="AlignCorners">Whether -1 and 1 are the centres of the outermost elements rather than their edges.</param>
internal sealed record GridAxis(string Mode, string Padding, bool AlignCorners)
{
    /// <summary>Reads a node.</summary>
    public static GridAxis Of(OnnxCall c)
    {
        string mode = c.Node.Text("mode", "linear");
        return new GridAxis(
            mode switch
            {
                "bilinear" => "linear",
                "bicubic" => "cubic",
                _ => mode,
            },
            c.Node.Text("padding_mode", "zeros"),
            c.Node.Flag("align_corners", false)
        );
    }

    /// <summary>Positions and weights; a position of -1 has no value.</summary>
    public (int Place, double Weight)[] Taps(double at, int size)
    {
        double position = AlignCorners ? (at + 1.0) / 2.0 * (size - 1) : (((at + 1.0) * size) - 1.0) / 2.0;
        if (Mode != "cubic")
        {
            position = Padding switch
            {
                "border" => Math.Clamp(position, 0.0, size - 1),
                "reflection" => Reflect(position, size),
                _ => position,
            };
        }

        if (Mode == "nearest")
        {
            return [(Place(Math.Round(position, MidpointRounding.ToEven), size), 1.0)];
        }

        double floor = Math.Floor(position),
            share = position - floor;
        if (Mode == "linear")
        {
            return [(Place(floor, size), 1.0 - share), (Place(floor + 1.0, size), share)];
        }

        const double A = -0.75;
        double[] weights = [.. Enumerable.Range(-1, 4).Select(k => ResizeTaps.Cubic(A, Math.Abs(share - k)))];
        return [.. weights.Select((w, k) => (Place(Padded(floor - 1.0 + k, size), size), w))];
    }

    private double Padded(double position, int size) =>
        Padding switch
        {
            "border" => Math.Clamp(position, 0.0, size - 1),
            "reflection" => Reflect(position, size),
            _ => position,
        };

    private static int Place(double position, int size) => position >= 0.0 && position < size ? (int)position : -1;

    /// <summary>Mirrored at the outermost centres, or at the edges.</summary>
    private double Reflect(double position, int size)
    {
        double low = AlignCorners ? 0.0 : -0.5,
            range = AlignCorners ? size - 1 : size;
        if (range <= 0.0 || !double.IsFinite(position))
        {
            return 0.0;
        }

        double distance = Math.Abs(position - low) % (2.0 * range);
        return Math.Clamp(low + (distance > range ? (2.0 * range) - distance : distance), 0.0, size - 1);
    }
}
