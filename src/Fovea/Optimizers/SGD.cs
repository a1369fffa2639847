using System.Numerics;

namespace Fovea;

/// <summary>Stochastic gradient descent, with momentum if asked.</summary>
/// <remarks>
/// <para>g = gradient + weight decay * value; buffer = momentum * buffer + (1 - dampening) * g, on the first update g
/// itself;
/// value -= learning rate * buffer, or with Nesterov's look-ahead learning rate * (g + momentum * buffer).</para>
/// <para>Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, 2013, in
/// the form PyTorch gives it
/// (the learning rate stands outside the buffer). Keeps <c>momentum</c> for each parameter, nothing without
/// momentum.</para>
/// </remarks>
public sealed class SGD : Optimizer
{
    private static readonly string[] WithMomentum = ["momentum"];

    /// <summary>Creates the optimizer over groups.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="momentum">The share of the buffer that stays, 0 up to but not including 1.</param>
    /// <param name="dampening">How much less than g enters the buffer, 0 to 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum and no dampening.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public SGD(
        IEnumerable<ParameterGroup> groups,
        double learningRate,
        double momentum = 0.0,
        double dampening = 0.0,
        bool nesterov = false
    )
        : base(groups, learningRate)
    {
        Momentum = OptionRange.Fraction("SGD", "momentum", momentum);
        Dampening = OptionRange.Between("SGD", "dampening", dampening, 0, 1);
        Nesterov = nesterov;
        if (nesterov && (momentum == 0 || dampening != 0))
        {
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"SGD: Nesterov's look-ahead needs a momentum above 0 and dampening 0, got momentum {momentum} and dampening {dampening}."
                )
            );
        }
    }

    /// <summary>Creates the optimizer over a network, see <see cref="ParameterGroups.Of"/>.</summary>
    /// <param name="model">The network.</param>
    /// <param name="learningRate">The first learning rate, 0 or more.</param>
    /// <param name="momentum">The share of the buffer that stays, 0 up to but not including 1.</param>
    /// <param name="dampening">How much less than g enters the buffer, 0 to 1.</param>
    /// <param name="nesterov">Whether to look ahead; needs momentum and no dampening.</param>
    /// <param name="weightDecay">Weight decay of filters and matrices, 0 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public SGD(
        Module model,
        double learningRate,
        double momentum = 0.0,
        double dampening = 0.0,
        bool nesterov = false,
        double weightDecay = 0.0
    )
        : this(ParameterGroups.Of(model, weightDecay), learningRate, momentum, dampening, nesterov) { }

    /// <summary>The share of the buffer that stays.</summary>
    public double Momentum { get; }

    /// <summary>How much less than g enters the buffer.</summary>
    public double Dampening { get; }

    /// <summary>Whether it looks ahead.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> StateNames => Momentum == 0 ? [] : WithMomentum;

    /// <inheritdoc/>
    protected override void Update<T>(in ParameterUpdate<T> update)
    {
        Vector<T> rate = Lanes<T>(update.LearningRate),
            decay = Lanes<T>(update.WeightDecay),
            momentum = Lanes<T>(Momentum);
        if (Momentum == 0)
        {
            ElementLoop.Run(update, new PlainRule<T>(rate, decay));
            return;
        }

        // The first buffer is g: 0 times the zeros it starts from, plus 1 times g.
        bool first = update.Update == 1;
        Vector<T> kept = first ? Vector<T>.Zero : momentum,
            entering = first ? Vector<T>.One : Lanes<T>(1 - Dampening);
        if (Nesterov)
        {
            ElementLoop.Run(update, new NesterovRule<T>(rate, decay, momentum, kept));
        }
        else
        {
            ElementLoop.Run(update, new MomentumRule<T>(rate, decay, kept, entering));
        }
    }

    private readonly struct PlainRule<T>(Vector<T> rate, Vector<T> decay) : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 0;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        ) => value -= rate * (gradient + (decay * value));
    }

    private readonly struct MomentumRule<T>(Vector<T> rate, Vector<T> decay, Vector<T> kept, Vector<T> entering)
        : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 1;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        )
        {
            state0 = (kept * state0) + (entering * (gradient + (decay * value)));
            value -= rate * state0;
        }
    }

    private readonly struct NesterovRule<T>(Vector<T> rate, Vector<T> decay, Vector<T> momentum, Vector<T> kept)
        : IElementRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static int States => 1;

        public void Apply(
            ref Vector<T> value,
            Vector<T> gradient,
            ref Vector<T> state0,
            ref Vector<T> state1,
            ref Vector<T> state2
        )
        {
            Vector<T> g = gradient + (decay * value);
            state0 = (kept * state0) + g;
            value -= rate * (g + (momentum * state0));
        }
    }
}
