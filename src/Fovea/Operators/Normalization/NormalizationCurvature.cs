namespace Fovea;

/// <summary>Mean and 1 / sqrt(variance + epsilon) that a normalization subtracts and multiplies by, in shapes that broadcast
/// to x.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Inverse">1 / sqrt(variance + epsilon).</param>
/// <param name="Axes">The axes over which they were taken of x; null where they are given and do not change with x.</param>
internal sealed record NormalizationStatistics(Tensor Mean, Tensor Inverse, int[]? Axes)
{
    /// <summary>Those of x itself, by operators that have gradients.</summary>
    public static NormalizationStatistics Of(Tensor x, int[] axes, double epsilon)
    {
        Tensor mean = x.Mean(axes, keepDims: true),
            variance = (x - mean).Square().Mean(axes, keepDims: true);
        return new NormalizationStatistics(mean, 1.0 / (variance + epsilon).Sqrt(), axes);
    }
}

/// <summary>The gradient of the gradient of a normalization, for all kinds of it.</summary>
/// <remarks>
/// <para>With n = (x - mean) r, r = 1 / sqrt(variance + epsilon), P z = z - mean(z) - n mean(z n), where P is symmetric and
/// the Jacobian of n is r P, the gradient is: dx = r P(w dy), dweight = sum(dy n), dbias = sum(dy).</para>
/// <para>For gradients u, v, s of dx, dweight and dbias, h = w dy: that of dy is w r P(u) + v n + s; that of w is the sum of
/// dy r P(u); that of x is r P(v dy) - r^2 (n mean(u P(h)) + mean(h n) P(u) + mean(u n) P(h)), by the derivative of r, which
/// is -r^2 mean(n dx), and that of n.</para>
/// <para>Given statistics do not change with x: then P is the identity, and that of x is r v dy.</para>
/// <para>All is written with elementary operators on x, so that further orders follow. Vectors of a channel or place come in
/// shapes that broadcast to x.</para>
/// </remarks>
internal sealed class NormalizationCurvature
{
    private readonly Tensor _dy;
    private readonly Tensor? _weight;
    private readonly Tensor? _u;
    private readonly Tensor? _v;
    private readonly Tensor? _s;
    private readonly int[] _repeated;
    private readonly int[]? _axes;
    private readonly Tensor _inverse;
    private readonly Tensor _normalized;

    /// <summary>Creates it.</summary>
    /// <param name="x">The input of the normalization.</param>
    /// <param name="dy">The gradient of its output.</param>
    /// <param name="weight">The weight; null for ones.</param>
    /// <param name="gradients">Those of dx, dweight and dbias; null where none came.</param>
    /// <param name="repeated">The axes along which weight and bias are repeated.</param>
    /// <param name="statistics">Those of the normalization.</param>
    public NormalizationCurvature(
        Tensor x,
        Tensor dy,
        Tensor? weight,
        (Tensor? Data, Tensor? Weight, Tensor? Bias) gradients,
        int[] repeated,
        NormalizationStatistics statistics
    )
    {
        (_dy, _weight, _repeated) = (dy, weight, repeated);
        (_u, _v, _s) = gradients;
        (_axes, _inverse) = (statistics.Axes, statistics.Inverse);
        _normalized = (x - statistics.Mean) * _inverse;
    }

    /// <summary>The gradient of dy; null for none.</summary>
    public Tensor? ForGradient()
    {
        Tensor? result = _u is null ? null : Weighted(Project(_u)) * _inverse;
        result = Sum(result, _v is null ? null : _v * _normalized);
        return result is not null && _s is not null ? result + _s
            : _s is not null ? new RepeatAlong(_repeated).Apply(_s, _dy)
            : result;
    }

    /// <summary>The gradient of the weight, with the summed axes left in place; null for none.</summary>
    public Tensor? ForWeight() => _u is null ? null : RepeatAlong.SumBack(_dy * (Project(_u) * _inverse), _repeated);

    /// <summary>The gradient of x; null for none.</summary>
    public Tensor? ForX()
    {
        Tensor? result = _v is null ? null : Project(_v * _dy) * _inverse;
        if (_u is null || _axes is null)
        {
            return result;
        }

        Tensor h = Weighted(_dy),
            ph = Project(h),
            curved =
                (_normalized * Mean(_u * ph)) + (Project(_u) * Mean(h * _normalized)) + (ph * Mean(_u * _normalized));
        return Sum(result, -(curved * _inverse.Square()));
    }

    private static Tensor? Sum(Tensor? a, Tensor? b) => a is null || b is null ? a ?? b : a + b;

    private Tensor Weighted(Tensor z) => _weight is null ? z : z * _weight;

    private Tensor Mean(Tensor z) => z.Mean(_axes!, keepDims: true);

    private Tensor Project(Tensor z) => _axes is null ? z : z - Mean(z) - (_normalized * Mean(z * _normalized));
}
