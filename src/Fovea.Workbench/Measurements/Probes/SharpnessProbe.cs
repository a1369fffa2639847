using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>sharpness</c>: the curvature of the loss along an update, beside the one that the learning rate bears.</summary>
/// <remarks>
/// <para>s = d'Hd / (d'g) with the gradient g of the current batch in training, and d = g for plain descent and momentum, so
/// that s = g'Hg / |g|². Of Adam and RMSprop, whose limit holds in their own metric, d is the gradient over the root of its mean
/// square. Exact, by a gradient of the gradient, or where an operator has none by a difference of gradients at
/// e = 1e-3 |w| / |d|.</para>
/// <para>Values: <c>s</c>; <c>limit</c>, 2 / eta, with momentum 2 (1 + mu) / eta, of Adam 2 (1 + beta1) / ((1 - beta1) eta), NaN for an
/// optimizer that is not known; <c>rate</c>, eta; <c>exact</c>, 1 for the exact product, else 0. Training holds s near its limit
/// on its own (Cohen and others, Gradient descent on neural networks typically occurs at the edge of stability, ICLR
/// 2021).</para>
/// </remarks>
public sealed class SharpnessProbe : Probe
{
    private const double Difference = 1e-3;

    /// <inheritdoc/>
    public override string Name => "sharpness";

    /// <inheritdoc/>
    public override bool NeedsOptimizer => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Current is not { } batch)
        {
            return [];
        }

        context.SetTraining();
        Optimizer optimizer = context.Optimizer!;
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        HashSet<Parameter> known = [.. optimizer.Groups.SelectMany(g => g.Parameters)];
        Parameter[] parameters = [.. context.Model.Parameters().Where(p => p.RequiresGrad && known.Contains(p))];
        (double s, bool exact) = (Exact(), true);
        if (double.IsNaN(s))
        {
            (s, exact) = (ByDifference(), false);
        }

        return
        [
            Line(
                context,
                ("s", s),
                ("limit", UpdateMetric.Limit(optimizer)),
                ("rate", optimizer.LearningRate),
                ("exact", exact ? 1 : 0)
            ),
        ];

        double Exact()
        {
            try
            {
                Tensor?[] gradients = [.. Gradients(createGraph: true)];
                Tensor[] direction = UpdateMetric.Direction(optimizer, parameters, Filled(gradients, parameters));
                Tensor?[] terms = [.. gradients.Select((g, i) => g is null ? null : (g * direction[i]).Sum())];
                Tensor along = terms.OfType<Tensor>().Aggregate((a, b) => a + b);
                IReadOnlyList<Tensor?> product = along.RequiresGrad
                    ? along.GradientsOf(parameters)
                    : new Tensor?[parameters.Length]; // linear in the weights: no curvature
                return Inner(Filled(product, parameters), direction) / along.Item();
            }
            catch (InvalidOperationException)
            {
                return double.NaN; // an operator with an imperative gradient
            }
        }

        double ByDifference()
        {
            Tensor[] gradients = Filled(Gradients(), parameters);
            Tensor[] direction = UpdateMetric.Direction(optimizer, parameters, gradients);
            double step = Difference * Math.Sqrt(Inner(parameters, parameters) / Inner(direction, direction));
            foreach ((Parameter parameter, Tensor along) in parameters.Zip(direction))
            {
                parameter.CopyFrom(NoGrad.Run(() => parameter + (along * step)));
            }

            Tensor[] ahead = Filled(Gradients(), parameters);
            return (Inner(ahead, direction) - Inner(gradients, direction)) / (step * Inner(gradients, direction));
        }

        IReadOnlyList<Tensor?> Gradients(bool createGraph = false)
        {
            SessionCheckpoint.RestoreRandom(context.Model, random);
            return context.LossOf(batch).GradientsOf(parameters, createGraph: createGraph);
        }
    }

    private static Tensor[] Filled(IReadOnlyList<Tensor?> tensors, Parameter[] parameters) =>
        [.. tensors.Select((t, i) => t ?? Tensor.Zeros(parameters[i].Shape, parameters[i].DType))];

    private static double Inner(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Count; i++)
        {
            double[] x = a[i].ToArray<double>(),
                y = b[i].ToArray<double>();
            for (int j = 0; j < x.Length; j++)
            {
                sum += x[j] * y[j];
            }
        }

        return sum;
    }
}
