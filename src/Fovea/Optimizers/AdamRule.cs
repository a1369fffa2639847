using System.Numerics;

namespace Fovea;

/// <summary>The step of <see cref="Adam"/> and <see cref="AdamW"/>: they differ in where the weight decay
/// goes.</summary>
internal readonly struct AdamRule<T> : IElementRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector<T> _keep,
        _decay,
        _beta1,
        _enter1,
        _beta2,
        _enter2,
        _rate,
        _rootCorrection,
        _epsilon;

    private AdamRule(in ParameterUpdate<T> update, double beta1, double beta2, double epsilon, bool decoupled)
    {
        _keep = Lanes(decoupled ? 1 - (update.LearningRate * update.WeightDecay) : 1);
        _decay = Lanes(decoupled ? 0 : update.WeightDecay);
        (_beta1, _enter1) = (Lanes(beta1), Lanes(1 - beta1));
        (_beta2, _enter2) = (Lanes(beta2), Lanes(1 - beta2));
        _rate = Lanes(update.LearningRate / (1 - Math.Pow(beta1, update.Update)));
        _rootCorrection = Lanes(Math.Sqrt(1 - Math.Pow(beta2, update.Update)));
        _epsilon = Lanes(epsilon);
    }

    public static int States => 2;

    public static AdamRule<T> Of(
        in ParameterUpdate<T> update,
        double beta1,
        double beta2,
        double epsilon,
        bool decoupled
    ) => new(update, beta1, beta2, epsilon, decoupled);

    public void Apply(
        ref Vector<T> value,
        Vector<T> gradient,
        ref Vector<T> state0,
        ref Vector<T> state1,
        ref Vector<T> state2
    )
    {
        Vector<T> kept = _keep * value;
        Vector<T> g = gradient + (_decay * kept);
        state0 = (_beta1 * state0) + (_enter1 * g);
        state1 = (_beta2 * state1) + (_enter2 * g * g);
        value = kept - (_rate * (state0 / ((Vector.SquareRoot(state1) / _rootCorrection) + _epsilon)));
    }

    private static Vector<T> Lanes(double value) => new(T.CreateTruncating(value));
}
