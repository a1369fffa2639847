using Fovea.Kernels;

namespace Fovea;

public partial class Tensor
{
    /// <summary>Of each element: max(x, 0). The gradient at 0 is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Relu() => Map(this, "ReLU", default(ReluFunction));

    /// <summary>Of each element: min(max(x, 0), 6). The gradient at 0 and 6 is 0.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Relu6() => Map(this, "ReLU6", default(Relu6Function));

    /// <summary>Of each element: x where positive, slope x elsewhere.</summary>
    /// <param name="slope">Slope for negative x.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor LeakyRelu(double slope = 0.01) => Map(this, "LeakyReLU", new LeakyReluFunction(slope));

    /// <summary>Of each element: x where positive, alpha (exp(x) - 1) elsewhere.</summary>
    /// <param name="alpha">The limit for large negative x is -alpha; above 0.</param>
    /// <exception cref="ArgumentException"><paramref name="alpha"/> is not above 0, or the elements are
    /// integers.</exception>
    public Tensor Elu(double alpha = 1.0) =>
        Map(this, "ELU", new ExponentialUnitFunction(1.0, ActivationOption.Positive("ELU", "alpha", alpha), 1.0));

    /// <summary>Of each element: 1.0507 times x where positive, 1.0507 times 1.6733 (exp(x) - 1) elsewhere: the
    /// constants that keep mean 0 and variance 1.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Selu() =>
        Map(
            this,
            "SELU",
            new ExponentialUnitFunction(1.0507009873554805, 1.0507009873554805 * 1.6732632423543772, 1.0)
        );

    /// <summary>Of each element: x where positive, alpha (exp(x / alpha) - 1) elsewhere: differentiable at 0 for every
    /// alpha.</summary>
    /// <param name="alpha">The limit for large negative x is -alpha; above 0.</param>
    /// <exception cref="ArgumentException"><paramref name="alpha"/> is not above 0, or the elements are
    /// integers.</exception>
    public Tensor Celu(double alpha = 1.0) =>
        Map(
            this,
            "CELU",
            new ExponentialUnitFunction(1.0, ActivationOption.Positive("CELU", "alpha", alpha), 1.0 / alpha)
        );

    /// <summary>Of each element: x times the probability that a standard normal value is below x: x erfc(-x / sqrt(2))
    /// / 2.</summary>
    /// <param name="tanh">Use the approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) / 2, off by at most
    /// 5e-4.</param>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Gelu(bool tanh = false) =>
        tanh ? Map(this, "GELU", default(GeluTanhFunction)) : Map(this, "GELU", default(GeluFunction));

    /// <summary>Of each element: x / (1 + exp(-x)), also called swish.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Silu() => Map(this, "SiLU", default(SiluFunction));

    /// <summary>Of each element: x tanh(ln(1 + exp(x))).</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Mish() => Map(this, "Mish", default(MishFunction));

    /// <summary>Of each element: x min(max(x + 3, 0), 6) / 6.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Hardswish() => Map(this, "Hardswish", default(HardswishFunction));

    /// <summary>Of each element: min(max(x + 3, 0), 6) / 6.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Hardsigmoid() => Map(this, "Hardsigmoid", default(HardsigmoidFunction));

    /// <summary>Of each element: 1 / (1 + exp(-x)).</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Sigmoid() => Map(this, "Sigmoid", default(SigmoidFunction));

    /// <summary>Of each element: The hyperbolic tangent.</summary>
    /// <exception cref="ArgumentException">The elements are integers.</exception>
    public Tensor Tanh() => Map(this, "Tanh", default(TanhFunction));

    /// <summary>Of each element: ln(1 + exp(beta x)) / beta, a smooth ReLU.</summary>
    /// <param name="beta">Sharpness, above 0.</param>
    /// <param name="threshold">Where beta x exceeds it, x itself is returned.</param>
    /// <exception cref="ArgumentException"><paramref name="beta"/> is not above 0, or the elements are
    /// integers.</exception>
    public Tensor Softplus(double beta = 1.0, double threshold = 20.0) =>
        Map(this, "Softplus", new SoftplusFunction(ActivationOption.Positive("Softplus", "beta", beta), threshold));
}
