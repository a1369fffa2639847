namespace Fovea.Tests;

/// <summary>Gradients of gradients of the operators of elements, shapes and reductions, and of losses; and what holds of every
/// gradient rule.</summary>
public sealed class SecondOrderTests
{
    [Fact]
    public void GradientsOf_CreateGraphOverEveryElementwiseCase_MatchesFiniteDifferencesOfGradients()
    {
        GradientCase[] cases = [.. Cases()];
        string[] wrong =
        [
            .. cases
                .Select(c => (c.Name, Text: GradientOfGradient.FirstDisagreement(c.Function, c.Inputs)))
                .Where(c => c.Text is not null)
                .Select(c => $"{c.Name}: {c.Text}"),
        ];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {cases.Length} cases:\n{string.Join("\n", wrong.Take(20))}");
        Assert.True(cases.Length >= 170, $"there are {cases.Length} cases");
    }

    [Fact]
    public void GradientsOf_ThirdOrderOfSmoothFunctions_MatchesFiniteDifferences()
    {
        (string Name, Func<Tensor, Tensor> Function)[] functions =
        [
            ("sigmoid", x => x.Sigmoid()),
            ("tanh", x => x.Tanh()),
            ("silu", x => x.Silu()),
            ("gelu", x => x.Gelu()),
            ("gelu tanh", x => x.Gelu(tanh: true)),
            ("mish", x => x.Mish()),
            ("softplus", x => x.Softplus(1.7)),
            ("elu", x => x.Elu(1.3)),
            ("power", x => x.Power(4)),
            ("softmax", x => x.Softmax()),
            ("logsoftmax", x => x.LogSoftmax()),
        ];
        foreach ((string name, Func<Tensor, Tensor> function) in functions)
        {
            Tensor weights = Tensor.Uniform([2, 3], 0.5, 1.5, new Rng(2), DType.Float64);
            string? wrong = GradientOfGradient.FirstDisagreement(
                inputs => (function(inputs[0]) * weights).Sum().GradientsOf([inputs[0]], createGraph: true)[0]!,
                [GradientAssert.Input([2, 3])]
            );
            Assert.True(wrong is null, $"{name}: {wrong}");
        }
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(1e18)]
    [InlineData(1e30)]
    public void GradientsOf_SecondOrderFarFromZero_IsZero(double size)
    {
        (string Name, Func<Tensor, Tensor> Function)[] functions =
        [
            ("sigmoid", x => x.Sigmoid()),
            ("tanh", x => x.Tanh()),
            ("silu", x => x.Silu()),
            ("gelu", x => x.Gelu()),
            ("gelu tanh", x => x.Gelu(tanh: true)),
            ("mish", x => x.Mish()),
            ("softplus", x => x.Softplus()),
        ];
        foreach ((string name, Func<Tensor, Tensor> function) in functions)
        {
            Tensor x = Tensor.From([(float)-size, (float)size], [2]);
            x.RequiresGrad = true;
            Tensor slope = function(x).GradientsOf([x], Tensor.Ones([2]), createGraph: true)[0]!;
            float[] curvature = slope.GradientsOf([x], Tensor.Ones([2]))[0]!.ToArray();
            Assert.True(curvature.All(v => v == 0f), $"{name} at ±{size}: {string.Join(", ", curvature)}");
        }
    }

    [Fact]
    public void GradientsOf_SeedTimesPowerOfTwo_ScalesEveryGradientExactly()
    {
        foreach (GradientCase item in Cases())
        {
            Tensor[] leaves = [.. item.Inputs.Where(i => i.RequiresGrad)];
            Tensor y = item.Function(item.Inputs);
            Tensor seed = Tensor.Normal(y.Shape, 0, 1, new Rng(8), DType.Float64);
            double[][] once = Values(y.GradientsOf(leaves, seed, retainGraph: true));
            double[][] scaled = Values(y.GradientsOf(leaves, seed * 1024.0));
            for (int i = 0; i < once.Length; i++)
            {
                Assert.True(
                    once[i].Select(v => v * 1024.0).SequenceEqual(scaled[i]),
                    $"{item.Name}, input {i}: not 1024 times as large"
                );
            }
        }
    }

    [Fact]
    public void GradientsOf_SomeInputsUnneeded_GivesTheOthersTheSameBits()
    {
        foreach (GradientCase item in Cases().Where(c => c.Inputs.Count(i => i.RequiresGrad) > 1))
        {
            Tensor[] leaves = [.. item.Inputs.Where(i => i.RequiresGrad)];
            Tensor y = item.Function(item.Inputs);
            Tensor seed = Tensor.Normal(y.Shape, 0, 1, new Rng(8), DType.Float64);
            double[][] all = Values(y.GradientsOf(leaves, seed, retainGraph: true));
            for (int i = 0; i < leaves.Length; i++)
            {
                double[][] restricted = Values(y.GradientsOf([leaves[i]], seed, retainGraph: true));
                Assert.True(all[i].SequenceEqual(restricted[0]), $"{item.Name}: input {i} alone, in the same record");
                leaves.ToList().ForEach(l => l.RequiresGrad = ReferenceEquals(l, leaves[i]));
                double[][] alone = Values(item.Function(item.Inputs).GradientsOf([leaves[i]], seed));
                leaves.ToList().ForEach(l => l.RequiresGrad = true);
                Assert.True(all[i].SequenceEqual(alone[0]), $"{item.Name}: input {i} alone, in a record of its own");
            }
        }
    }

    [Fact]
    public void GradientsOf_InputOutsideTheRecord_IsNull()
    {
        Tensor x = GradientAssert.Input([2, 3]),
            unused = GradientAssert.Input([4]);
        IReadOnlyList<Tensor?> gradients = (x.Exp() * x).Sum().GradientsOf([unused, x]);
        Assert.Null(gradients[0]);
        Assert.Equal(x.Shape, gradients[1]!.Shape);
    }

    private static IEnumerable<GradientCase> Cases() =>
        ElementwiseGradientCases
            .All()
            .Where(c => !c.Name.StartsWith("matmul", StringComparison.OrdinalIgnoreCase))
            .Where(c => !OfOtherFamilies(c));

    /// <summary>Whether a case passes an operator of another family, which has tests of its own.</summary>
    private static bool OfOtherFamilies(GradientCase item)
    {
        try
        {
            Tensor y = item.Function(item.Inputs);
            _ = y.GradientsOf(
                [.. item.Inputs.Where(i => i.RequiresGrad)],
                Tensor.Ones(y.Shape, y.DType),
                createGraph: true
            );
            return false;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("is imperative", StringComparison.Ordinal))
        {
            return true;
        }
    }

    private static double[][] Values(IReadOnlyList<Tensor?> gradients) =>
        [.. gradients.Select(g => g?.ToArray<double>() ?? [])];
}
