namespace Fovea.Workbench;

/// <summary>What an optimizer divides gradients by, and the curvature beyond which its updates grow.</summary>
internal static class UpdateMetric
{
    /// <summary>The highest stable curvature of an optimizer at its learning rate, in its own metric; NaN where it is not
    /// known.</summary>
    /// <remarks>Where the characteristic polynomial of the update on a quadratic has a root of -1. Plain descent 2 / eta; heavy
    /// ball 2 (1 + mu) / ((1 - dampening) eta); Nesterov 2 (1 + mu) / ((1 + 2 mu) eta); Adam with settled mean squares
    /// 2 (1 + beta1) / ((1 - beta1) eta) (Cohen and others, Adaptive gradient methods at the edge of stability,
    /// 2022).</remarks>
    public static double Limit(Optimizer optimizer) =>
        optimizer switch
        {
            SGD { Nesterov: true } o => 2.0 * (1.0 + o.Momentum) / ((1.0 + (2.0 * o.Momentum)) * o.LearningRate),
            SGD o => 2.0 * (1.0 + o.Momentum) / ((o.Momentum > 0 ? 1.0 - o.Dampening : 1.0) * o.LearningRate),
            Adam o => 2.0 * (1.0 + o.Beta1) / ((1.0 - o.Beta1) * o.LearningRate),
            AdamW o => 2.0 * (1.0 + o.Beta1) / ((1.0 - o.Beta1) * o.LearningRate),
            RMSprop o => 2.0 * (1.0 + o.Momentum) / o.LearningRate,
            _ => double.NaN,
        };

    /// <summary>The direction in which a gradient would move the weights, but for momentum: the gradient over the root of
    /// its mean square, as Adam and RMSprop take it, times the factor of the group on the learning rate. Before the first
    /// update the mean square is the gradient's own.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="parameters">Parameters, all of the optimizer.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <returns>A tensor for each.</returns>
    public static Tensor[] Direction(
        Optimizer optimizer,
        IReadOnlyList<Parameter> parameters,
        IReadOnlyList<Tensor> gradients
    )
    {
        IReadOnlyDictionary<string, Tensor> state = optimizer.StateDict();
        return [.. parameters.Select((parameter, i) => Moved(optimizer, state, parameter, gradients[i].Detach()))];
    }

    private static Tensor Moved(
        Optimizer optimizer,
        IReadOnlyDictionary<string, Tensor> state,
        Parameter parameter,
        Tensor gradient
    )
    {
        double scale = optimizer.Groups.First(g => g.Parameters.Contains(parameter)).LearningRateScale;
        (double beta, double epsilon, bool corrects) = optimizer switch
        {
            Adam o => (o.Beta2, o.Epsilon, true),
            AdamW o => (o.Beta2, o.Epsilon, true),
            RMSprop o => (o.Alpha, o.Epsilon, false),
            _ => (0.0, double.NaN, false),
        };
        if (double.IsNaN(epsilon))
        {
            return gradient * scale;
        }

        Tensor square = gradient.Square();
        if (Find(state, parameter, "square") is { } mean && Find(state, parameter, "steps") is { } steps)
        {
            Tensor settled =
                optimizer is RMSprop { Centered: true } && Find(state, parameter, "mean") is { } center
                    ? mean - center.Square()
                    : mean;
            square = settled * (corrects ? 1.0 / (1.0 - Math.Pow(beta, steps.Item())) : 1.0);
        }

        return gradient / (square.Clamp(0.0).Sqrt() + epsilon) * scale;
    }

    private static Tensor? Find(IReadOnlyDictionary<string, Tensor> state, Parameter parameter, string name) =>
        state.GetValueOrDefault($"{parameter.Path}/{name}");
}
