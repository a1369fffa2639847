using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>gain</c>: by how much an update lowers the loss of its own batch, over what the gradient promises.</summary>
/// <remarks>
/// <para>rho = (f(w) - f(w + u)) / (-g.u) with the loss f of the current batch in training, its gradient g, and the update u
/// that the optimizer makes of it; the same units are dropped in both. On a quadratic of curvature s plain descent at rate
/// eta gives 1 - eta s / 2.</para>
/// <para>Where -g.u is below 5e-6 of the loss, single precision could not tell it from rounding. The loss is then taken at
/// w + t u with t (-g.u) at that share, t u at most a thousandth of w, and rho = 1 - (1 - rho(t)) / t, which is exact on a
/// quadratic.</para>
/// <para>Values: <c>rho</c>, NaN where g.u is 0; <c>gu</c>, g.u, above 0 where momentum carries the update uphill;
/// <c>loss</c>, f(w).</para>
/// </remarks>
public sealed class GainProbe : Probe
{
    // A network in single precision gives a loss to some 1e-7 of it: below this share a difference would be off by percents.
    private const double Rounding = 5e-6;

    // Of the weights, for an update that is enlarged: so near the loss is a quadratic.
    private const double Near = 1e-3;

    /// <inheritdoc/>
    public override string Name => "gain";

    /// <inheritdoc/>
    public override double Cost => 2;

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
        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        Dictionary<string, Tensor> before = ProbeState.Copy(context.Model.StateDict());
        context.Gradient(batch);
        (Parameter Parameter, Tensor Gradient, Tensor Value)[] parameters =
        [
            .. context.Model.Parameters().Where(p => p.Grad is not null).Select(p => (p, p.Grad!.Clone(), p.Clone())),
        ];
        context.Update();
        double along = parameters.Sum(p => Along(p.Gradient, p.Value, p.Parameter));
        Dictionary<string, Tensor> after = ProbeState.Copy(context.Model.StateDict());
        double first = LossAt(before, batch);
        context.Model.LoadStateDict(after);
        double enlarged = Enlargement(along / first, parameters);
        if (enlarged > 1)
        {
            Enlarge(parameters, enlarged);
            after = ProbeState.Copy(context.Model.StateDict());
        }

        double rho = (first - LossAt(after, batch)) / (-along * enlarged);
        return [Line(context, ("rho", 1 - ((1 - rho) / enlarged)), ("gu", along), ("loss", first))];

        double LossAt(Dictionary<string, Tensor> weights, Batch measured)
        {
            context.Model.LoadStateDict(weights);
            SessionCheckpoint.RestoreRandom(context.Model, random);
            return NoGrad.Run(() => context.LossInDouble(measured));
        }
    }

    /// <summary>By how much an update is to be enlarged for its effect to be seen; 1 where it is seen as it is.</summary>
    /// <param name="share">What it promises, over the loss.</param>
    /// <param name="parameters">Parameters, updated, with their gradients and former values.</param>
    private static double Enlargement(
        double share,
        IReadOnlyList<(Parameter Parameter, Tensor Gradient, Tensor Value)> parameters
    )
    {
        double moved = Math.Sqrt(parameters.Sum(p => Math.Pow(ParameterNorms.OfDifference(p.Parameter, p.Value), 2))),
            weights = Math.Sqrt(parameters.Sum(p => ParameterNorms.Product(p.Value, p.Value)));
        return share == 0 || moved == 0 || !double.IsFinite(share)
            ? 1
            : Math.Max(1, Math.Min(Rounding / Math.Abs(share), Near * weights / moved));
    }

    /// <summary>Moves updated parameters on, to a multiple of their update.</summary>
    private static void Enlarge(
        IReadOnlyList<(Parameter Parameter, Tensor Gradient, Tensor Value)> parameters,
        double enlarged
    )
    {
        foreach ((Parameter parameter, _, Tensor value) in parameters)
        {
            double[] was = value.ToArray<double>(),
                now = parameter.ToArray<double>();
            parameter.CopyFrom(
                Tensor.From<double>([.. was.Zip(now, (w, n) => w + (enlarged * (n - w)))], value.Shape).To(value.DType)
            );
        }
    }

    /// <summary>Gradient times change.</summary>
    private static double Along(Tensor gradient, Tensor before, Tensor after)
    {
        double[] g = gradient.ToArray<double>(),
            was = before.ToArray<double>(),
            now = after.ToArray<double>();
        double sum = 0;
        for (int i = 0; i < g.Length; i++)
        {
            sum += g[i] * (now[i] - was[i]);
        }

        return sum;
    }
}
