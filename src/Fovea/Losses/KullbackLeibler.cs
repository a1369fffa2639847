using Fovea.Kernels;

namespace Fovea.Losses;

/// <summary>How much a target distribution differs from a predicted one: target (ln(target) - prediction) for each
/// element, the prediction being log-probabilities (as from LogSoftmax).</summary>
/// <remarks>
/// Kullback and Leibler: On information and sufficiency, 1951. A target of 0 contributes 0. The divergence as defined
/// is
/// <see cref="LossReduction.BatchMean"/>; <see cref="LossReduction.Mean"/> divides by the number of classes too.
/// </remarks>
public sealed class KullbackLeibler : Loss
{
    /// <summary>Whether targets are log-probabilities as well; false unless set.</summary>
    public bool LogTarget { get; init; }

    /// <inheritdoc path="/*[not(self::param)]"/>
    /// <param name="prediction">Log-probabilities.</param>
    /// <param name="target">Probabilities (or their logarithms, see <see cref="LogTarget"/>), of the same
    /// shape.</param>
    public override Tensor Forward(Tensor prediction, Tensor target)
    {
        RequireSameShape(prediction, target);
        return LogTarget
            ? Reduce(target.Exp() * (target - prediction))
            : Reduce(new Elementwise<XLogXFunction>(Name, default).Apply(target) - (target * prediction));
    }
}
