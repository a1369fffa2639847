using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>first-batch</c>: whether outputs, loss and targets fit each other, from a few items and scores made up for
/// them.</summary>
/// <remarks>
/// <para>The loss is asked with scores of the network's shape that need no network, so that it tells before the first update, and of a
/// network whose outputs are all alike. All in evaluation.</para>
/// <para>Values: <c>items</c>; <c>width</c>, scores an item; <c>low</c>, <c>high</c>, <c>rowSum</c> and <c>columnSum</c>, the largest
/// distance of a sum from 1; <c>variance</c>, of the scores of an item; <c>loss</c>; <c>doubled</c>, the loss of the items twice, over
/// once. Of scores drawn: <c>drawn</c>; <c>permuted</c>, with the targets moved on by one; <c>vary</c>, 1 where that changes targets;
/// <c>logits</c> and <c>shifted</c>, of normal scores and of those plus 1; <c>lowest</c>, of scores 1000 and -1000. Of class labels:
/// <c>right</c>, <c>wrong</c>, scores 10 and -10 at the class; <c>one</c>, <c>many</c>, 1 and 20; <c>none</c>, 0 throughout; <c>next</c>,
/// <c>sureOfNext</c>, <c>surerOfNext</c>, 1, 40 and 80 at the class behind the right one. Of targets like outputs:
/// <c>match</c>, outputs that are the targets; <c>sure</c>, 20 and -20 for targets 1 and 0. <c>targetLow</c>,
/// <c>targetHigh</c>. Of gradients, <c>slope</c>, the norm of that at the scores, and what its
/// classes and the weights alone give. What cannot be tried is NaN.</para>
/// </remarks>
public sealed class FirstBatchProbe : Probe
{
    internal const string ProbeName = "first-batch";
    private const int Items = 64;

    /// <inheritdoc/>
    public override string Name => ProbeName;

    /// <inheritdoc/>
    public override double Cost => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Train is not [var whole, ..])
        {
            return [];
        }

        Batch batch = Trials.First(whole, Items);
        context.Model.Eval();
        IReadOnlyList<Tensor> outputs;
        (string, double)[] values;
        using (NoGrad.Enter())
        {
            outputs = context.Model.ForwardAll(batch.AllInputs);
            values =
                outputs.Count == 0
                || outputs[0].DType == DType.Int64
                || !Trials.IsByItem([outputs[0]], batch.Indices.Count)
                    ? []
                    : [.. new Trial(context, outputs, batch, context.Random(Name)).Values()];
        }

        return values.Length == 0
            ? []
            : [Line(context, [.. values, .. LossSlopes.Of(context, outputs, batch, context.Random(Name))])];
    }

    /// <summary>The loss of a batch with other scores in place of the network's.</summary>
    private sealed class Trial(ProbeContext context, IReadOnlyList<Tensor> outputs, Batch batch, Rng rng)
    {
        private readonly Tensor _scores = outputs[0];
        private readonly IReadOnlyList<Tensor> _targets = batch.AllTargets;

        public IEnumerable<(string Name, double Value)> Values() =>
            [.. OfScores(), .. OfLoss(), .. OfClasses(), .. OfLikeTargets()];

        private IEnumerable<(string Name, double Value)> OfScores()
        {
            double[] values = _scores.ToArray<double>();
            int items = _scores.Shape[0],
                width = values.Length / items;
            double[][] rows = [.. Enumerable.Range(0, items).Select(i => values[(i * width)..((i + 1) * width)])];
            double[] means = [.. rows.Select(r => r.Average())];
            return
            [
                ("items", items),
                ("width", _scores.Rank == 2 ? width : double.NaN),
                ("low", values.Min()),
                ("high", values.Max()),
                ("rowSum", rows.Max(r => Math.Abs(r.Sum() - 1))),
                ("columnSum", Enumerable.Range(0, width).Max(k => Math.Abs(rows.Sum(r => r[k]) - 1))),
                ("variance", rows.Select((r, i) => r.Average(v => (v - means[i]) * (v - means[i]))).Average()),
            ];
        }

        private IEnumerable<(string Name, double Value)> OfLoss()
        {
            double own = Loss(_scores, _targets);
            Tensor normal = Tensor.Normal(_scores.Shape, rng: rng, dtype: _scores.DType),
                drawn = Like(normal);
            Tensor[] twice = [.. _targets.Select(t => Tensor.Concat([t, t], 0))];
            int items = _scores.Shape[0];
            bool moves = items > 1 && Trials.IsByItem(_targets, items);
            int[] next = [.. Enumerable.Range(1, items).Select(i => i % items)];
            Tensor[] moved = moves ? [.. _targets.Select(t => t.Take(0, next))] : [];
            return
            [
                ("loss", own),
                ("doubled", Trials.IsByItem(_targets, items) ? Twice(twice) / own : double.NaN),
                ("drawn", Loss(drawn, _targets)),
                ("permuted", moves ? Loss(drawn, moved) : double.NaN),
                ("vary", moves && _targets.Zip(moved).Any(t => Differ(t.First, t.Second)) ? 1 : 0),
                ("logits", Loss(normal, _targets)),
                ("shifted", Loss(normal + 1.0f, _targets)),
                ("lowest", Lowest(normal)),
            ];
        }

        private double Twice(Tensor[] targets) =>
            Loss(
                [.. outputs.Select(o => Trials.IsByItem([o], _scores.Shape[0]) ? Tensor.Concat([o, o], 0) : o)],
                targets
            );

        private double Lowest(Tensor normal)
        {
            double up = Loss((normal * 0.0f) + 1000.0f, _targets),
                down = Loss((normal * 0.0f) - 1000.0f, _targets);
            return double.IsNaN(up) ? down
                : double.IsNaN(down) ? up
                : Math.Min(up, down);
        }

        /// <summary>Scores of classes, where targets are labels.</summary>
        private IEnumerable<(string Name, double Value)> OfClasses()
        {
            if (_targets is not [{ DType: DType.Int64, Rank: 1 } labels, ..] || _scores.Rank != 2)
            {
                return [];
            }

            long[] classes = labels.ToArray<long>();
            (double low, double high) = (classes.Min(), classes.Max());
            int width = _scores.Shape[1];
            if (low < 0 || high >= width)
            {
                return [("targetLow", low), ("targetHigh", high)];
            }

            Tensor one = labels.OneHot(width, _scores.DType);
            return
            [
                ("targetLow", low),
                ("targetHigh", high),
                ("right", Loss(one * 10.0f, _targets)),
                ("wrong", Loss(one * -10.0f, _targets)),
                ("none", Loss(one * 0.0f, _targets)),
                ("one", Loss(one, _targets)),
                ("many", Loss(one * 20.0f, _targets)),
                .. OfNextClass(classes, width),
            ];
        }

        /// <summary>Scores that speak for the class behind the right one.</summary>
        private IEnumerable<(string Name, double Value)> OfNextClass(long[] classes, int width)
        {
            if (width < 2)
            {
                return [];
            }

            Tensor next = Tensor
                .From<long>([.. classes.Select(c => (c + 1) % width)], [classes.Length])
                .OneHot(width, _scores.DType);
            return
            [
                ("next", Loss(next, _targets)),
                ("sureOfNext", Loss(next * 40.0f, _targets)),
                ("surerOfNext", Loss(next * 80.0f, _targets)),
            ];
        }

        /// <summary>Targets of the outputs' shape, and as many values in another shape.</summary>
        private List<(string Name, double Value)> OfLikeTargets()
        {
            if (_targets is not [{ DType: DType.Float32 or DType.Float64, Count: > 0 } target, ..])
            {
                return [];
            }

            double[] values = target.ToArray<double>();
            List<(string, double)> found = [("targetLow", values.Min()), ("targetHigh", values.Max())];
            if (target.Shape == _scores.Shape)
            {
                found.Add(("match", Loss(target.To(_scores.DType), _targets)));
                if (Array.TrueForAll(values, v => v is 0 or 1))
                {
                    found.Add(("sure", Loss((target.To(_scores.DType) * 40.0f) - 20.0f, _targets)));
                }
            }

            return found;
        }

        /// <summary>Normal scores as the network gives them: shares where it gives shares, between 0 and 1 where all of it
        /// is.</summary>
        private Tensor Like(Tensor normal)
        {
            double[] values = _scores.ToArray<double>();
            if (values.Min() < 0 || values.Max() > 1)
            {
                return normal;
            }

            int width = values.Length / _scores.Shape[0];
            bool shares = _scores.Rank == 2 && width > 1 && Math.Abs(values[..width].Sum() - 1) < 1e-3;
            return shares ? normal.Softmax(1) : normal.Sigmoid();
        }

        private double Loss(Tensor scores, IReadOnlyList<Tensor> targets) =>
            Loss([scores, .. outputs.Skip(1)], targets);

        private double Loss(IReadOnlyList<Tensor> scores, IReadOnlyList<Tensor> targets)
        {
            try
            {
                return context.Loss(scores, targets).Item();
            }
            catch (Exception e)
                when (e is ShapeException or ArgumentException or InvalidOperationException or NotSupportedException)
            {
                return double.NaN; // a loss may refuse scores that the network never gives
            }
        }

        private static bool Differ(Tensor a, Tensor b) => !a.ToArray<double>().SequenceEqual(b.ToArray<double>());
    }
}
