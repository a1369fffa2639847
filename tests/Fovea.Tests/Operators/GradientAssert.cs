namespace Fovea.Tests;

/// <summary>Gradient checks with inputs made here.</summary>
internal static class GradientAssert
{
    /// <summary>Values spread over about ±2.5, none close to a whole number (where the kinks of tested functions
    /// are).</summary>
    public static Tensor Input(Shape shape, ulong seed = 1)
    {
        Tensor x = Tensor.Uniform(shape, -2.5, 2.5, new Rng(seed), DType.Float64);
        double[] values = Array.ConvertAll(x.ToArray<double>(), v => Math.Abs(v - Math.Round(v)) < 0.03 ? v + 0.07 : v);
        return Leaf(Tensor.From(values, shape));
    }

    public static Tensor Positive(Shape shape, ulong seed = 2) =>
        Leaf(Tensor.Uniform(shape, 0.2, 2.0, new Rng(seed), DType.Float64));

    public static void Agrees(Func<Tensor, Tensor> function, Tensor input) =>
        Agrees(inputs => function(inputs[0]), [input]);

    public static void Agrees(Func<IReadOnlyList<Tensor>, Tensor> function, params IReadOnlyList<Tensor> inputs) =>
        Assert.Null(GradientCheck.FirstDisagreement(function, inputs));

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGrad = true;
        return tensor;
    }
}
