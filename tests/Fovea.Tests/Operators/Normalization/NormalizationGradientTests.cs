namespace Fovea.Tests;

/// <summary>The gradient rules of normalizations, and the rules of those.</summary>
public sealed class NormalizationGradientTests
{
    [Fact]
    public void GradientsOf_CreateGraphOverEveryNormalization_MatchesFiniteDifferencesOfGradients()
    {
        NormalizationCases.Case[] cases = [.. NormalizationCases.All()];
        List<string> wrong = [];
        foreach (NormalizationCases.Case item in cases)
        {
            if (GradientOfGradient.FirstDisagreement(i => item.Operator.Apply([.. i]), item.Inputs) is { } text)
            {
                wrong.Add($"{item.Name}: {text}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Length} cases:\n{string.Join("\n", wrong.Take(20))}");
        Assert.True(cases.Length >= 150, $"there are {cases.Length} cases");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void GradientsOf_CreateGraphOfOneInputAlone_MatchesFiniteDifferencesOfGradients(int input)
    {
        foreach (NormalizationCases.Case item in NormalizationCases.All())
        {
            Tensor[] inputs = item.Copies(i => i == input);
            if (Array.Exists(inputs, i => i.RequiresGrad))
            {
                string? wrong = GradientOfGradient.FirstDisagreement(i => item.Operator.Apply([.. i]), inputs);
                Assert.True(wrong is null, $"{item.Name}: {wrong}");
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Backward_SeedTimesPowerOfTwo_ScalesEveryGradientExactly(DType dtype)
    {
        foreach (NormalizationCases.Case item in NormalizationCases.All(dtype))
        {
            double[]?[] once = Gradients(item, 1.0, _ => true),
                larger = Gradients(item, 64.0, _ => true);
            for (int i = 0; i < once.Length; i++)
            {
                Assert.True(
                    once[i] is { } a ? a.Select(v => 64.0 * v).SequenceEqual(larger[i]!) : larger[i] is null,
                    $"{item.Name} input {i}: {once[i]?[0]} times 64 gave {larger[i]?[0]}"
                );
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Backward_SomeInputsNeedNoGradient_OthersHaveTheSameBits(DType dtype)
    {
        foreach (NormalizationCases.Case item in NormalizationCases.All(dtype))
        {
            double[]?[] all = Gradients(item, 1.0, _ => true);
            for (int left = 0; left < item.Inputs.Length; left++)
            {
                foreach (bool only in new[] { true, false })
                {
                    if (!item.Inputs.Where((t, i) => t.RequiresGrad && i == left == only).Any())
                    {
                        continue;
                    }

                    double[]?[] some = Gradients(item, 1.0, i => i == left == only);
                    for (int i = 0; i < all.Length; i++)
                    {
                        Assert.True(
                            some[i] is null ? i == left != only || all[i] is null : some[i]!.SequenceEqual(all[i]!),
                            $"{item.Name}: input {i} with {(only ? "only" : "all but")} {left} needed"
                        );
                    }
                }
            }
        }
    }

    [Fact]
    public void GradientsOf_UnusedInput_IsNull()
    {
        NormalizationCases.Case item = NormalizationCases.Batch([2, 3, 4], DType.Float64, true, true, true, 0);
        Tensor unused = Tensor.Ones([3], DType.Float64);
        unused.RequiresGrad = true;
        Tensor y = item.Operator.Apply(item.Inputs);
        IReadOnlyList<Tensor?> gradients = y.GradientsOf(
            [item.Inputs[0], unused],
            Tensor.Ones(y.Shape, y.DType),
            createGraph: true
        );
        Assert.NotNull(gradients[0]);
        Assert.Null(gradients[1]);
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Backward_FusedReluAndResidual_HaveTheBitsOfSeparateOperators(DType dtype)
    {
        Shape[] shapes =
        [
            [33, 7],
            [2, 3, 5],
            [3, 4, 3, 3],
            [2, 3, 65, 70],
            [1, 2, 100, 90],
            [2, 2, 9, 11, 13],
        ];
        foreach (Shape shape in shapes)
        {
            foreach (bool training in new[] { true, false })
            {
                foreach (int relu in new[] { 1, 2 })
                {
                    NormalizationCases.Case fused = NormalizationCases.Batch(shape, dtype, training, true, true, relu);
                    NormalizationCases.Case plain = NormalizationCases.Batch(shape, dtype, training, true, true, 0);
                    Tensor[] a = fused.Copies(_ => true),
                        b = fused.Copies(_ => true);
                    Tensor y = fused.Operator.Apply(a),
                        normalized = plain.Operator.Apply(b.AsSpan(0, 6)),
                        expected = (relu > 1 ? normalized + b[6] : normalized).Relu(),
                        dy = Tensor.Normal(shape, rng: new Rng(3), dtype: dtype);
                    y.Backward(dy);
                    expected.Backward(dy);
                    string name = $"{fused.Name} {dtype}";
                    Assert.True(y.ToArray<double>().SequenceEqual(expected.ToArray<double>()), $"{name}: y differs");
                    for (int i = 0; i < a.Length; i++)
                    {
                        Assert.True(
                            a[i].Grad is { } gradient
                                ? gradient.ToArray<double>().SequenceEqual(b[i].Grad!.ToArray<double>())
                                : b[i].Grad is null,
                            $"{name}: the gradient of input {i} differs"
                        );
                    }
                }
            }
        }
    }

    [Fact]
    public void GradientsOf_SecondOrderOfEmptyBatch_IsEmptyAndZero()
    {
        foreach (bool training in new[] { true, false })
        {
            NormalizationCases.Case item = NormalizationCases.Batch([0, 2, 3], DType.Float64, training, true, true, 0);
            Tensor dy = Tensor.Zeros([0, 2, 3], DType.Float64);
            IReadOnlyList<Tensor?> first = item
                .Operator.Apply(item.Inputs)
                .GradientsOf(item.Inputs[..2], dy, createGraph: true);
            IReadOnlyList<Tensor?> second = first[0]!.GradientsOf(item.Inputs[..2], dy);
            Assert.Equal([0, 2, 3], first[0]!.Shape.Sizes.ToArray());
            Assert.All(second[1]!.ToArray(), v => Assert.Equal(0f, v));
        }
    }

    private static double[]?[] Gradients(NormalizationCases.Case item, double scale, Func<int, bool> needs)
    {
        Tensor[] inputs = item.Copies(needs);
        Tensor y = item.Operator.Apply(inputs);
        y.Backward(Tensor.Normal(y.Shape, rng: new Rng(9), dtype: y.DType) * scale);
        return [.. inputs.Select(i => i.Grad?.ToArray<double>())];
    }
}
