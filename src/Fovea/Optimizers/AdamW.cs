using System.Numerics;

namespace Fovea;

/// <summary>Adam with decoupled weight decay: values shrink by a factor, whatever their gradients are.</summary>
/// <remarks>
/// <para>value *= 1 - learning rate * weight decay; mean = beta1 * mean + (1 - beta1) * g; square = beta2 * square + (1
/// - beta2) * g²;
/// value -= learning rate / (1 - beta1^t) * mean / (sqrt(square) / sqrt(1 - beta2^t) + epsilon), g being the
/// gradient.</para>
/// <para>Loshchilov and Hutter, Decoupled weight decay regularization, 2017.
/// Keeps <c>mean</c> and <c>square</c> for each parameter; t counts the updates of that parameter.</para>
/// </remarks>
public sealed class AdamW : Optimizer
{
    private static readonly string[] Names = ["mean", "square"];

    /// <summary>Creates the optimizer over groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="beta1">The share of the mean that stays, 0 up to but not including 1.</param>
    /// <param name="beta2">The share of the mean square that stays, 0 up to but not including 1.</param>
    /// <param name="epsilon">What is added to the root, 0 or more; outside the root, as in PyTorch.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public AdamW(
        IEnumerable<ParameterGroup> groups,
        double learningRate = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8
    )
        : base(groups, learningRate)
    {
        Beta1 = OptionRange.Fraction("AdamW", "beta1", beta1);
        Beta2 = OptionRange.Fraction("AdamW", "beta2", beta2);
        Epsilon = OptionRange.NotNegative("AdamW", "epsilon", epsilon);
    }

    /// <summary>Creates the optimizer over a network, see <see cref="ParameterGroups.Of"/>.</summary>
    /// <param name="model">The network.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="beta1">The share of the mean that stays, 0 up to but not including 1.</param>
    /// <param name="beta2">The share of the mean square that stays, 0 up to but not including 1.</param>
    /// <param name="epsilon">What is added to the root, 0 or more.</param>
    /// <param name="weightDecay">Weight decay of filters and matrices, 0 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public AdamW(
        Module model,
        double learningRate = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0.01
    )
        : this(ParameterGroups.Of(model, weightDecay), learningRate, beta1, beta2, epsilon) { }

    /// <summary>The share of the mean that stays.</summary>
    public double Beta1 { get; }

    /// <summary>The share of the mean square that stays.</summary>
    public double Beta2 { get; }

    /// <summary>What is added to the root.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> StateNames => Names;

    /// <inheritdoc/>
    protected override void Update<T>(in ParameterUpdate<T> update) =>
        ElementLoop.Run(update, AdamRule<T>.Of(update, Beta1, Beta2, Epsilon, decoupled: true));
}
