namespace Fovea.Interop.Onnx;

/// <summary>Softmax and its relatives, and the losses of class labels.</summary>
internal static class SoftmaxOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Softmax")
        {
            Graph = c => [Along(c, (x, axis) => x.Softmax(axis))],
            Writes = [OnnxWriting.Of<SoftmaxOperator>(Write)],
        },
        new("LogSoftmax") { Graph = c => [Along(c, (x, axis) => x.LogSoftmax(axis))] },
        new("Hardmax") { Specs = c => [c[0].Spec], Evaluate = Hardmax },
        new("NegativeLogLikelihoodLoss") { Specs = LossSpecs, Evaluate = c => [Loss(c, c[0].Reals(), c[0].Shape)] },
        new("SoftmaxCrossEntropyLoss")
        {
            Specs = c => c.Wants(1) ? [.. LossSpecs(c), c[0].Spec] : LossSpecs(c),
            Evaluate = CrossEntropy,
        },
    ];

    /// <summary>Up to opset 12 all axes from the named one on are one, and axis 1 is usual; from 13 on it is along one axis, and
    /// the last is usual.</summary>
    private static OnnxValue Along(OnnxCall c, Func<Tensor, int, Tensor> function)
    {
        Tensor x = c.X();
        if (c.Opset >= 13)
        {
            return c.Like(function(x, c.Axis(c.Node.Int("axis", -1), x.Rank)));
        }

        int axis = c.Axis(c.Node.Int("axis", 1), x.Rank);
        if (axis == x.Rank - 1)
        {
            return c.Like(function(x, axis));
        }

        int before = x.Shape.Take(axis).Aggregate(1, (a, b) => checked(a * b)),
            behind = x.Shape.Skip(axis).Aggregate(1, (a, b) => checked(a * b));
        return c.Like(function(x.Reshape(before, behind), 1).Reshape(x.Shape.Sizes));
    }

    private static OnnxValue?[] Hardmax(OnnxCall c)
    {
        Shape x = c[0].Shape,
            flat = x;
        int axis = c.Axis(c.Node.Int("axis", c.Opset < 13 ? 1 : -1), x.Rank);
        if (c.Opset < 13)
        {
            flat = Shape.Create([
                x.Take(axis).Aggregate(1, (a, b) => checked(a * b)),
                x.Skip(axis).Aggregate(1, (a, b) => checked(a * b)),
            ]);
            axis = 1;
        }

        double[] values = c[0].Reals(),
            results = new double[values.Length];
        foreach (int[] run in AxisRuns.Of(flat, axis).Where(r => r.Length > 0))
        {
            results[run.MaxBy(i => values[i])] = 1.0;
        }

        return [OnnxValue.Of(c[0].Type, results, x)];
    }

    private static ValueSpec[] LossSpecs(OnnxCall c) =>
        [new(c[0].Type, c.Node.Text("reduction", "mean") == "none" ? c[1].Shape : [])];

    private static OnnxValue?[] CrossEntropy(OnnxCall c)
    {
        Shape x = c[0].Shape;
        double[] values = c[0].Reals();
        foreach (int[] run in AxisRuns.Of(x, 1))
        {
            double largest = run.Max(i => values[i]),
                sum = Math.Log(run.Sum(i => Math.Exp(values[i] - largest))) + largest;
            foreach (int i in run)
            {
                values[i] -= sum;
            }
        }

        return [Loss(c, values, x), OnnxValue.Of(c[0].Type, values, x)];
    }

    /// <summary>Minus the log-probability of each label times its weight; the mean is over weights.</summary>
    private static OnnxValue Loss(OnnxCall c, double[] logs, Shape x)
    {
        long[] labels = c[1].Integers();
        double[]? weights = c.Find(2)?.Reals();
        long? ignored = c.Node.Has("ignore_index") ? c.Node.Int("ignore_index", 0) : null;
        double[] losses = new double[labels.Length];
        double total = 0.0;
        foreach ((int[] run, int i) in AxisRuns.Of(x, 1).Select((run, i) => (run, i)))
        {
            long label = labels[i];
            if (label == ignored)
            {
                continue;
            }

            if (label < 0 || label >= run.Length)
            {
                throw c.Error($"labels must be 0 to {run.Length - 1}, got {label}");
            }

            double weight = weights?[label] ?? 1.0;
            losses[i] = -logs[run[label]] * weight;
            total += weight;
        }

        return c.Node.Text("reduction", "mean") switch
        {
            "none" => OnnxValue.Of(c[0].Type, losses, c[1].Shape),
            "sum" => OnnxValue.Of(c[0].Type, [losses.Sum()], []),
            _ => OnnxValue.Of(c[0].Type, [losses.Sum() / total], []),
        };
    }

    private static void Write(OnnxUse use)
    {
        SoftmaxAttributes a = use.Attributes<SoftmaxAttributes>();
        use.Is(
            use.Add(
                a.IsLogarithm ? "LogSoftmax" : "Softmax",
                use.Inputs,
                OnnxAttribute.Int("axis", a.Axis < 0 ? a.Axis + use.From.Rank : a.Axis)
            )
        );
    }
}
