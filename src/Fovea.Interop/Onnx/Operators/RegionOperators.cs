namespace Fovea.Interop.Onnx;

/// <summary>What detectors need: boxes without their overlaps, and parts of maps.</summary>
internal static class RegionOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("NonMaxSuppression") { Evaluate = Suppress },
        new("RoiAlign") { Specs = c => [new(c[0].Type, AlignedShape(c))], Evaluate = Align },
    ];

    /// <summary>Inputs: boxes [N, B, 4], scores [N, classes, B], and the numbers of each class to keep, the largest overlap and the
    /// least score, each of which may be absent, a scalar or a list of one.</summary>
    private static OnnxValue?[] Suppress(OnnxCall c)
    {
        Shape boxes = c[0].Shape,
            scores = c[1].Shape;
        if (boxes.Rank != 3 || boxes[2] != 4 || scores.Rank != 3 || scores[0] != boxes[0] || scores[2] != boxes[1])
        {
            throw c.Error($"needs boxes [N, B, 4] and scores [N, classes, B], got {boxes} and {scores}");
        }

        double most = c.Number(2, 0.0),
            overlap = c.Number(3, 0.0),
            least = c.Number(4, double.NegativeInfinity);
        double[] corners = Corners(c[0].Reals(), c.Node.Flag("center_point_box", false)),
            values = c[1].Reals();
        List<long> kept = [];
        for (int n = 0; n < scores[0]; n++)
        {
            for (int label = 0; label < scores[1]; label++)
            {
                int start = ((n * scores[1]) + label) * scores[2],
                    first = n * boxes[1];
                List<int> chosen = [];
                foreach (
                    int box in Enumerable
                        .Range(0, boxes[1])
                        .Where(b => values[start + b] > least)
                        .OrderByDescending(b => values[start + b])
                )
                {
                    if (chosen.Count >= most)
                    {
                        break;
                    }

                    if (chosen.TrueForAll(other => Overlap(corners, first + box, first + other) <= overlap))
                    {
                        chosen.Add(box);
                        kept.AddRange([n, label, box]);
                    }
                }
            }
        }

        return [OnnxValue.Of(ElementType.Int64, [.. kept], [kept.Count / 3, 3])];
    }

    /// <summary>Boxes as their lower and upper corners, from two corners in any order or from centre and size.</summary>
    private static double[] Corners(double[] boxes, bool isCentered)
    {
        double[] corners = new double[boxes.Length];
        for (int i = 0; i < boxes.Length; i += 4)
        {
            (double a, double b, double p, double q) = (boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
            (double y1, double x1, double y2, double x2) = isCentered
                ? (b - (q / 2.0), a - (p / 2.0), b + (q / 2.0), a + (p / 2.0))
                : (a, b, p, q);
            (corners[i], corners[i + 1]) = (Math.Min(y1, y2), Math.Min(x1, x2));
            (corners[i + 2], corners[i + 3]) = (Math.Max(y1, y2), Math.Max(x1, x2));
        }

        return corners;
    }

    /// <summary>The area that two boxes share over the area that they cover.</summary>
    private static double Overlap(double[] boxes, int first, int second)
    {
        ReadOnlySpan<double> a = boxes.AsSpan(first * 4, 4),
            b = boxes.AsSpan(second * 4, 4);
        double height = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]),
            width = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]);
        if (height <= 0.0 || width <= 0.0)
        {
            return 0.0;
        }

        double shared = height * width;
        return shared / (((a[2] - a[0]) * (a[3] - a[1])) + ((b[2] - b[0]) * (b[3] - b[1])) - shared);
    }

    private static Shape AlignedShape(OnnxCall c)
    {
        if (c[0].Shape.Rank != 4 || c[1].Shape.Rank != 2 || c[1].Shape[1] != 4 || c[2].Shape.Count != c[1].Shape[0])
        {
            throw c.Error($"needs maps [N, C, H, W] and regions [R, 4], got {c[0].Shape} and {c[1].Shape}");
        }

        return c.ShapeOf([c[1].Shape[0], c[0].Shape[1], c.Node.Int("output_height", 1), c.Node.Int("output_width", 1)]);
    }

    private static OnnxValue?[] Align(OnnxCall c)
    {
        Shape x = c[0].Shape,
            y = AlignedShape(c);
        double[] values = c[0].Reals(),
            regions = c[1].Reals(),
            result = new double[y.Count];
        long[] items = c.Ints(2);
        double scale = c.Node.Float("spatial_scale", 1.0);
        bool isHalf =
                c.Node.Text("coordinate_transformation_mode", c.Opset < 16 ? "output_half_pixel" : "half_pixel")
                == "half_pixel",
            isMax = c.Node.Text("mode", "avg") == "max";
        int ratio = (int)c.Node.Int("sampling_ratio", 0);
        for (int i = 0; i < result.Length; i++)
        {
            (int rest, int column) = Math.DivRem(i, y[3]);
            (rest, int row) = Math.DivRem(rest, y[2]);
            (int region, int channel) = Math.DivRem(rest, y[1]);
            if (items[region] < 0 || items[region] >= x[0])
            {
                throw c.Error($"a region is of item {items[region]}, there are {x[0]}");
            }

            ReadOnlySpan<double> plane = values.AsSpan(
                (((int)items[region] * x[1]) + channel) * x[2] * x[3],
                x[2] * x[3]
            );
            (double top, double height) = Extent(regions[(region * 4) + 1], regions[(region * 4) + 3], scale, isHalf);
            (double left, double width) = Extent(regions[region * 4], regions[(region * 4) + 2], scale, isHalf);
            double[] rows = Points(top, height, row, y[2], ratio),
                columns = Points(left, width, column, y[3], ratio);
            double best = double.NegativeInfinity,
                sum = 0.0;
            foreach (double r in rows)
            {
                foreach (double k in columns)
                {
                    (double value, double largest) = At(plane, r, k, x[2], x[3]);
                    (sum, best) = (sum + value, Math.Max(best, largest));
                }
            }

            result[i] = isMax ? best : sum / Math.Max(1, rows.Length * columns.Length);
        }

        return [OnnxValue.Of(c[0].Type, result, y)];
    }

    private static (double Start, double Size) Extent(double from, double to, double scale, bool isHalf)
    {
        double shift = isHalf ? 0.5 : 0.0,
            size = (to - from) * scale;
        return ((from * scale) - shift, isHalf ? size : Math.Max(1.0, size));
    }

    /// <summary>Where samples of a bin lie: as many as asked for, or about one a position of the map.</summary>
    private static double[] Points(double start, double size, int bin, int bins, int ratio)
    {
        double step = size / bins;
        int count = ratio > 0 ? ratio : (int)Math.Ceiling(step);
        return
        [
            .. Enumerable.Range(0, Math.Max(0, count)).Select(i => start + (bin * step) + ((i + 0.5) * step / count)),
        ];
    }

    /// <summary>The value between four neighbours, and the largest of their shares; 0 more than a position outside.</summary>
    private static (double Value, double Largest) At(
        ReadOnlySpan<double> plane,
        double row,
        double column,
        int rows,
        int columns
    )
    {
        if (row < -1.0 || row > rows || column < -1.0 || column > columns)
        {
            return (0.0, 0.0);
        }

        row = Math.Clamp(row, 0.0, rows - 1);
        column = Math.Clamp(column, 0.0, columns - 1);
        int top = (int)row,
            left = (int)column,
            bottom = Math.Min(top + 1, rows - 1),
            right = Math.Min(left + 1, columns - 1);
        (double down, double across) = (row - top, column - left);
        double a = (1.0 - down) * (1.0 - across) * plane[(top * columns) + left],
            b = (1.0 - down) * across * plane[(top * columns) + right],
            p = down * (1.0 - across) * plane[(bottom * columns) + left],
            q = down * across * plane[(bottom * columns) + right];
        return (a + b + p + q, Math.Max(Math.Max(a, b), Math.Max(p, q)));
    }
}
