using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>directional</c>: whether gradients are those of the loss, layer by layer.</summary>
/// <remarks>
/// <para>With the loss f of up to 16 items of the current batch in training, always with the same units dropped, and a random
/// direction v in the parameters of a layer: (f(w + e v) - f(w - e v)) / 2e against g.v. In double, with e of a millionth of the
/// weights' size; where the network does not go that far in single precision, with an e so large that rounding stays below a
/// thousandth of the difference, or a hundredth of the weights' size at most.</para>
/// <para>Values by layer: <c>analytic</c>, g.v; <c>numeric</c>; <c>relative</c>, their absolute difference over the largest of both, of
/// |g| |v| / sqrt(n), the usual size of g.v, and of a thousand times what rounding alone makes. Healthy is below 1e-3 in
/// double. A layer that the loss does not depend on has 0 in all three; one whose gradient was cut off has 0 in
/// <c>analytic</c> alone. Frozen parameters are left out.</para>
/// </remarks>
public sealed class DirectionalProbe : Probe
{
    private const int Items = 16;
    private const double FineStep = 1e-6;
    private const double LargestStep = 1e-2;
    private const double SmallestSize = 1e-2;
    private const double Margin = 1e3;

    // Units in the last place by which a sum over a network is off.
    private const double Places = 16;

    /// <inheritdoc/>
    public override string Name => "directional";

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if ((context.Current ?? context.Train.FirstOrDefault()) is not { } whole)
        {
            return [];
        }

        context.SetTraining();
        Batch few = Trials.First(whole, Items);
        Batch? raised = context.InDouble(few);
        Batch batch = raised ?? few;
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        context.Model.ZeroGrad();
        Tensor loss = context.LossOf(batch);
        loss.Backward();
        double noise =
            Places * Math.Max(1, Math.Abs(loss.Item())) * (raised is null ? Math.Pow(2, -24) : Math.Pow(2, -53));
        Rng rng = context.Random(Name);
        return
        [
            .. context
                .Model.NamedParameters()
                .Where(p => p.Parameter.RequiresGrad)
                .GroupBy(p => Trials.LayerOf(p.Path), p => p.Parameter)
                .Select(layer => Compare(layer.Key, [.. layer])),
        ];

        MeasuredProbe Compare(string layer, Parameter[] parameters)
        {
            Tensor[] direction = [.. parameters.Select(p => Direction(p, rng.Split(p.Path)))];
            (double analytic, double gradients, double directions, long count) = Along(parameters, direction);
            double step =
                raised is not null ? FineStep
                : analytic == 0 ? LargestStep
                : Math.Min(LargestStep, Margin * noise / (2 * Math.Abs(analytic)));
            double numeric = (LossAt(parameters, direction, step) - LossAt(parameters, direction, -step)) / (2 * step);
            double size = new[]
            {
                Math.Abs(analytic),
                Math.Abs(numeric),
                gradients * directions / Math.Sqrt(count),
                Margin * noise / (2 * step),
            }.Max();
            return Line(
                context,
                layer,
                ("analytic", analytic),
                ("numeric", numeric),
                ("relative", Math.Abs(analytic - numeric) / size)
            );
        }

        double LossAt(Parameter[] parameters, Tensor[] direction, double step)
        {
            Tensor[] before = [.. parameters.Select(p => p.Clone())];
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i].CopyFrom(NoGrad.Run(() => before[i] + (direction[i] * step)));
            }

            SessionCheckpoint.RestoreRandom(context.Model, random);
            double value = NoGrad.Run(() => context.LossOf(batch)).Item();
            foreach ((Parameter parameter, Tensor was) in parameters.Zip(before))
            {
                parameter.CopyFrom(was);
            }

            return value;
        }
    }

    /// <summary>Normal, of the size of the parameter's values.</summary>
    private static Tensor Direction(Parameter parameter, Rng rng)
    {
        double size = Math.Sqrt(parameter.ToArray<double>().Average(v => v * v));
        return Tensor.Normal(parameter.Shape, 0.0, Math.Max(SmallestSize, size), rng, parameter.DType);
    }

    /// <summary>g.v, the norms of both, and how many values there are.</summary>
    private static (double Product, double Gradient, double Direction, long Count) Along(
        Parameter[] parameters,
        Tensor[] direction
    )
    {
        double product = 0,
            gradient = 0,
            length = 0;
        foreach ((Parameter parameter, Tensor along) in parameters.Zip(direction))
        {
            double[] v = along.ToArray<double>(),
                g = parameter.Grad?.ToArray<double>() ?? new double[v.Length];
            for (int i = 0; i < v.Length; i++)
            {
                (product, gradient, length) = (
                    product + (g[i] * v[i]),
                    gradient + (g[i] * g[i]),
                    length + (v[i] * v[i])
                );
            }
        }

        return (product, Math.Sqrt(gradient), Math.Sqrt(length), parameters.Sum(p => p.Count));
    }
}
