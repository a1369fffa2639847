namespace Fovea.Tests;

/// <summary>One row of the gradient table: a function and its double inputs.</summary>
public sealed record GradientCase(
    string Name,
    Func<IReadOnlyList<Tensor>, Tensor> Function,
    IReadOnlyList<Tensor> Inputs
)
{
    /// <summary>Whether a part is cut off from gradients, so that finite differences see more.</summary>
    public bool IsDetached { get; init; }

    /// <summary>A leaf of normal numbers, its stream named by shape and salt.</summary>
    public static Tensor Leaf(Shape shape, string salt = "", double mean = 0, double std = 1)
    {
        Tensor leaf = Tensor.Normal(shape, mean, std, new Rng(5).Split($"{shape}{salt}"), DType.Float64);
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>Values -n/2 .. n/2 in a shuffled order, 0.37 apart and never 0: nothing ties and nothing lies on a
    /// kink.</summary>
    public static Tensor Spread(Shape shape, string salt = "")
    {
        int count = (int)shape.Count;
        int[] order = new Rng(6).Split($"{shape}{salt}").Permutation(count);
        Tensor leaf = Tensor.From<double>([.. order.Select(i => (0.37 * (i - (count / 2))) + 0.11)], shape);
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>The parameters of a module turned to double, so that they can be checked as inputs.</summary>
    public static IReadOnlyList<Tensor> WithParameters(Module module, params Tensor[] inputs)
    {
        module.Initialize(3).To(DType.Float64);
        return [.. inputs, .. module.Parameters()];
    }

    /// <summary>A module as a case: gradients of its input and of every parameter.</summary>
    public static GradientCase Of(string name, Module module, Tensor x) =>
        new(name, inputs => module.Forward(inputs[0]), WithParameters(module, x));
}
