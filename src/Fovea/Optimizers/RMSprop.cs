using System.Numerics;

namespace Fovea;

/// <summary>RMSprop: steps of the gradient over the root of its mean square.</summary>
/// <remarks>
/// <para>g = gradient + weight decay * value; square = alpha * square + (1 - alpha) * g²; root = sqrt(square), or
/// centered
/// sqrt(square - mean²) with mean = alpha * mean + (1 - alpha) * g; step = g / (root + epsilon); with momentum, buffer
/// = momentum * buffer + step takes its place;
/// value -= learning rate * step.</para>
/// <para>Tieleman and Hinton, Lecture 6.5, Coursera 2012; centered: Graves, Generating sequences with recurrent neural
/// networks, 2013; in the form PyTorch gives it
/// (epsilon outside the root, the learning rate outside the buffer). Keeps <c>square</c>, and as far as needed
/// <c>momentum</c> and <c>mean</c>.</para>
/// </remarks>
public sealed class RMSprop : Optimizer
{
    private readonly string[] _names;

    /// <summary>Creates the optimizer over groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="alpha">The share of the mean square that stays, 0 up to but not including 1.</param>
    /// <param name="epsilon">What is added to the root, 0 or more.</param>
    /// <param name="momentum">The share of the buffer that stays, 0 up to but not including 1.</param>
    /// <param name="centered">Whether to subtract the mean: the root is then that of the variance.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public RMSprop(
        IEnumerable<ParameterGroup> groups,
        double learningRate = 1e-2,
        double alpha = 0.99,
        double epsilon = 1e-8,
        double momentum = 0.0,
        bool centered = false
    )
        : base(groups, learningRate)
    {
        Alpha = OptionRange.Fraction("RMSprop", "alpha", alpha);
        Epsilon = OptionRange.NotNegative("RMSprop", "epsilon", epsilon);
        Momentum = OptionRange.Fraction("RMSprop", "momentum", momentum);
        Centered = centered;
        _names =
        [
            "square",
            .. Momentum > 0 ? ["momentum"] : Array.Empty<string>(),
            .. centered ? ["mean"] : Array.Empty<string>(),
        ];
    }

    /// <summary>Creates the optimizer over a network, see <see cref="ParameterGroups.Of"/>.</summary>
    /// <param name="model">The network.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="alpha">The share of the mean square that stays, 0 up to but not including 1.</param>
    /// <param name="epsilon">What is added to the root, 0 or more.</param>
    /// <param name="momentum">The share of the buffer that stays, 0 up to but not including 1.</param>
    /// <param name="centered">Whether to subtract the mean: the root is then that of the variance.</param>
    /// <param name="weightDecay">Weight decay of filters and matrices, 0 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public RMSprop(
        Module model,
        double learningRate = 1e-2,
        double alpha = 0.99,
        double epsilon = 1e-8,
        double momentum = 0.0,
        bool centered = false,
        double weightDecay = 0.0
    )
        : this(ParameterGroups.Of(model, weightDecay), learningRate, alpha, epsilon, momentum, centered) { }

    /// <summary>The share of the mean square that stays.</summary>
    public double Alpha { get; }

    /// <summary>What is added to the root.</summary>
    public double Epsilon { get; }

    /// <summary>The share of the buffer that stays.</summary>
    public double Momentum { get; }

    /// <summary>Whether the mean is subtracted.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> StateNames => _names;

    /// <inheritdoc/>
    protected override void Update<T>(in ParameterUpdate<T> update)
    {
        Factors<T> factors = new(
            Lanes<T>(update.LearningRate),
            Lanes<T>(update.WeightDecay),
            Lanes<T>(Alpha),
            Lanes<T>(1 - Alpha),
            Lanes<T>(Epsilon),
            Lanes<T>(Momentum)
        );
        switch (Momentum > 0, Centered)
        {
            case (false, false):
                ElementLoop.Run(update, new PlainRule<T>(factors));
                break;
            case (true, false):
                ElementLoop.Run(update, new MomentumRule<T>(factors));
                break;
            case (false, true):
                ElementLoop.Run(update, new CenteredRule<T>(factors));
                break;
            default:
                ElementLoop.Run(update, new CenteredMomentumRule<T>(factors));
                break;
        }
    }

    private readonly struct Factors<T>(
        Vector<T> rate,
        Vector<T> decay,
        Vector<T> alpha,
        Vector<T> entering,
        Vector<T> epsilon,
        Vector<T> momentum
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Vector<T> Rate { get; } = rate;

        public Vector<T> Momentum { get; } = momentum;

        /// <summary>The gradient with decay over the root, and the new square.</summary>
        public Vector<T> Step(Vector<T> value, Vector<T> gradient, ref Vector<T> square)
        {
            Vector<T> g = gradient + (decay * value);
            square = (alpha * square) + (entering * g * g);
            return g / (Vector.SquareRoot(square) + epsilon);
        }

        /// <summary>The gradient with decay over the root of the variance (which rounding may bring below 0: then 0),
        /// the new square and the new mean.</summary>
        public Vector<T> CenteredStep(Vector<T> value, Vector<T> gradient, ref Vector<T> square, ref Vector<T> mean)
        {
            Vector<T> g = gradient + (decay * value);
            square = (alpha * square) + (entering * g * g);
            mean = (alpha * mean) + (entering * g);
            return g / (Vector.SquareRoot(Vector.Max(square - (mean * mean), Vector<T>.Zero)) + epsilon);
        }
    }

    private readonly struct PlainRule<T>(Factors<T> factors) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 1;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        ) => value -= factors.Rate * factors.Step(value, gradient, ref state0);
    }

    private readonly struct MomentumRule<T>(Factors<T> factors) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 2;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        )
        {
            state1 = (factors.Momentum * state1) + factors.Step(value, gradient, ref state0);
            value -= factors.Rate * state1;
        }
    }

    private readonly struct CenteredRule<T>(Factors<T> factors) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 2;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        ) => value -= factors.Rate * factors.CenteredStep(value, gradient, ref state0, ref state1);
    }

    private readonly struct CenteredMomentumRule<T>(Factors<T> factors) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 3;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        )
        {
            state1 = (factors.Momentum * state1) + factors.CenteredStep(value, gradient, ref state0, ref state2);
            value -= factors.Rate * state1;
        }
    }
}
