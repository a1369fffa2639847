namespace Fovea.Workbench;

/// <summary>The size of an update over the size of the weight at which weights before a normalization settle under
/// decay.</summary>
internal static class EquilibriumRatio
{
    /// <summary>sqrt(2 eta lam / (1 + mu)) for SGD, sqrt(2 eta lam (1 - b1) / (1 + b1)) for AdamW; null for other
    /// optimizers, and for weights without normalization or decay.</summary>
    /// <param name="run">The run.</param>
    /// <param name="parameter">A weight.</param>
    /// <param name="learningRate">The rate.</param>
    public static double? Of(MeasuredRun run, MeasuredParameter parameter, double learningRate)
    {
        double both = 2.0 * learningRate * parameter.LearningRateScale * parameter.WeightDecay;
        return !parameter.IsNormalized || both <= 0.0 ? null
            : run.Optimizer == "sgd" ? Math.Sqrt(both / (1.0 + run.Momentum))
            : run.Optimizer == "adamw" ? Math.Sqrt(both * (1.0 - run.Momentum) / (1.0 + run.Momentum))
            : null;
    }
}
