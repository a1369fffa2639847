using Fovea.Kernels;

namespace Fovea;

/// <summary>How the slope of a function of one element changes with the value its gradient is computed from: the second
/// derivatives, written with operators, so that third ones follow.</summary>
/// <remarks>
/// The gradient is dx = g(s) dy with s = x or y, as the function says; given here is g'(s). All by the chain rule on the
/// formulas of the functions.
/// Where the factors of a product run to 0 and to infinity, s is bounded first at a place where the product is 0 already.
/// </remarks>
internal static class SlopeDerivative
{
    private const double CumulativeDensity = 0.39894228040143267794; // 1 / sqrt(2 pi)
    private const double TanhRate = 0.79788456080286535588; // sqrt(2 / pi)
    private const double TanhCubic = 0.044715;

    /// <summary>Whether the slope changes in steps only: linear functions, and those of linear pieces.</summary>
    public static bool IsZero(IUnaryFunction function) =>
        function switch
        {
            AbsFunction or ClampFunction or ReluFunction or Relu6Function or LeakyReluFunction => true,
            HardsigmoidFunction or NotPositiveFunction => true,
            SignFunction or FloorFunction or CeilingFunction or RoundFunction => true,
            PowerFunction power => power.Exponent is 0.0 or 1.0,
            _ => function.Saves == SavedValue.Nothing,
        };

    /// <summary>g'(s) times a tensor.</summary>
    /// <param name="function">A function of which <see cref="IsZero"/> is false.</param>
    /// <param name="s">What its gradient is computed from.</param>
    /// <param name="u">The other factor, of the same shape.</param>
    public static Tensor Times(IUnaryFunction function, Tensor s, Tensor u) =>
        function switch
        {
            ReciprocalFunction f => u * (s * (f.Numerator == 0.0 ? 0.0 : -2.0 / f.Numerator)), // g = -y² / a
            ExpFunction => u, // g = y
            LogFunction => -(u / s.Square()), // g = 1 / x
            SqrtFunction => u * (-0.5 / s.Square()), // g = 1 / (2 y)
            SquareFunction => u * 2.0, // g = 2 x
            SinFunction => -(u * s.Sin()), // g = cos(x)
            CosFunction => -(u * s.Cos()), // g = -sin(x)
            ErfFunction => u * s * ((-s.Square()).Exp() * (-4.0 / Math.Sqrt(Math.PI))), // g = 2 exp(-x²) / sqrt(pi)
            PowerFunction f => u * (f.Exponent * (f.Exponent - 1.0)) * s.Power(f.Exponent - 2.0), // g = p x^(p - 1)
            XLogXFunction => Where(default(ReluFunction), s, u / s), // g = ln(x) + 1 above 0
            HuberFunction f => Where(new ClampFunction(-f.Delta, f.Delta), s, u), // g = x within
            ExponentialUnitFunction f => Where(default(NotPositiveFunction), s, u * f.Rate), // g = rate (y + scale) up to 0
            HardswishFunction => Where(new ClampFunction(-3.0, 3.0), s, u / 3.0), // g = x / 3 + 1/2 within
            SigmoidFunction => u * (1.0 - (2.0 * s)), // g = y (1 - y)
            TanhFunction => u * (-2.0 * s), // g = 1 - y²
            SoftplusFunction f => Softplus(f, s, u),
            GeluFunction => u * Gelu(s.Clamp(-40.0, 40.0)),
            GeluTanhFunction => u * GeluTanh(s.Clamp(-10.0, 10.0)),
            SiluFunction => u * Silu(s.Clamp(-800.0, 800.0)),
            MishFunction => u * Mish(s.Clamp(-800.0, 800.0)),
            _ => throw new NotSupportedException($"{function.GetType().Name}: its second derivative is not written."),
        };

    /// <summary>u where the gradient of a function passes at s, 0 elsewhere; selected, not multiplied.</summary>
    private static Tensor Where<TFunction>(TFunction function, Tensor s, Tensor u)
        where TFunction : struct, IUnaryFunction => new ElementwiseGradient<TFunction>("Where", function).Apply(s, u);

    /// <summary>g = 1 - exp(-beta y) up to the threshold: g' = beta exp(-beta y).</summary>
    private static Tensor Softplus(SoftplusFunction f, Tensor y, Tensor u)
    {
        Tensor smooth = u * (f.Beta * (-f.Beta * y).Exp());
        return double.IsInfinity(f.Threshold)
            ? smooth
            : Where(new ClampFunction(double.NegativeInfinity, f.Threshold / f.Beta), y, smooth);
    }

    /// <summary>g = P + x p with P and p the normal distribution and its density, p' = -x p: g' = p (2 - x²).</summary>
    private static Tensor Gelu(Tensor x)
    {
        Tensor square = x.Square();
        return CumulativeDensity * (-0.5 * square).Exp() * (2.0 - square);
    }

    /// <summary>g = (1 + t + x (1 - t²) w) / 2 with t = tanh(r (x + c x³)) and w = r (1 + 3 c x²): g' = (1 - t²) (w + 3 r c x²
    /// - x t w²).</summary>
    private static Tensor GeluTanh(Tensor x)
    {
        Tensor cubic = TanhCubic * x.Square();
        Tensor t = (TanhRate * x * (1.0 + cubic)).Tanh();
        Tensor w = TanhRate * (1.0 + (3.0 * cubic));
        return (1.0 - t.Square()) * (w + (3.0 * TanhRate * cubic) - (x * t * w.Square()));
    }

    /// <summary>g = q (1 + x (1 - q)) with q = 1 / (1 + exp(-x)): g' = q (1 - q) (2 + x (1 - 2 q)).</summary>
    private static Tensor Silu(Tensor x)
    {
        Tensor q = x.Sigmoid();
        return q * (1.0 - q) * (2.0 + (x * (1.0 - (2.0 * q))));
    }

    /// <summary>g = t + x (1 - t²) q with t = tanh(ln(1 + exp(x))) and q = 1 / (1 + exp(-x)): g' = (1 - t²) q (2 + x (1 - q - 2
    /// t q)).</summary>
    private static Tensor Mish(Tensor x)
    {
        Tensor t = x.Softplus(threshold: double.PositiveInfinity).Tanh(),
            q = x.Sigmoid();
        return (1.0 - t.Square()) * q * (2.0 + (x * (1.0 - q - (2.0 * t * q))));
    }
}
