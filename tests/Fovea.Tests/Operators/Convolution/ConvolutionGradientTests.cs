namespace Fovea.Tests;

public sealed class ConvolutionGradientTests
{
    public static TheoryData<string> Names => [.. Cases().Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Differentiate_EveryOption_HoldsToSecondOrder(string name)
    {
        (_, Operator op, Shape x, Shape weight, int bias) = Cases().Single(c => c.Name == name);
        GradientRuleAssert.Holds(
            name,
            t => op.Apply([.. t]),
            GradientCase.Leaf(x),
            GradientCase.Leaf(weight, "w"),
            GradientCase.Leaf([bias], "b")
        );
        GradientRuleAssert.Holds(
            $"{name}, no bias",
            t => op.Apply([.. t]),
            GradientCase.Leaf(x),
            GradientCase.Leaf(weight, "w")
        );
    }

    [Theory, MemberData(nameof(Names))]
    public void Differentiate_TracedWithAnOpenBatch_GivesTheEagerBitsAtEveryBatch(string name)
    {
        (_, Operator op, Shape x, Shape weight, int bias) = Cases().Single(c => c.Name == name);
        if (x.Rank == weight.Rank)
        {
            GradientRuleAssert.HoldsInATrace(op, [Shape.Create(x.Sizes[1..])], Shared(weight), Shared([bias]));
        }
    }

    [Fact]
    public void Differentiate_GradientOperatorsTracedWithAnOpenBatch_GiveTheEagerBits()
    {
        Convolution convolution = new(2, 2, 1, groups: 2);
        ConvolutionSizes sizes = SizesOf(convolution, [2, 4, 6, 5], [6, 2, 3, 3]);
        GradientRuleAssert.HoldsInATrace(
            new ConvolutionForward(sizes),
            [
                [4, 6, 5],
            ],
            Shared([6, 2, 3, 3])
        );
        GradientRuleAssert.HoldsInATrace(
            new ConvolutionBackwardData(sizes),
            [
                [6, 3, 3],
            ],
            Shared([6, 2, 3, 3])
        );
    }

    [Fact]
    public void GradientsOf_InputThatDoesNotMatter_IsNull()
    {
        Tensor x = GradientCase.Leaf([1, 1, 3, 3]),
            weight = GradientCase.Leaf([1, 1, 2, 2], "w"),
            other = GradientCase.Leaf([2], "other");
        Tensor y = new Convolution(2).Apply(x, weight);
        IReadOnlyList<Tensor?> gradients = y.GradientsOf([other, weight], Tensor.Ones(y.Shape, DType.Float64));
        Assert.Null(gradients[0]);
        Assert.NotNull(gradients[1]);
    }

    [Fact]
    public void Reads_OneGradientWanted_KeepsTheOtherInputAlone()
    {
        Convolution convolution = new(2);
        Assert.Equal(GradientReads.Inputs(1), convolution.Reads([true, false]));
        Assert.Equal(GradientReads.Inputs(0), convolution.Reads([false, true, true]));
        Assert.Equal(GradientReads.None, convolution.Reads([false, false, true]));
    }

    [Fact]
    public void For_SameGeometryAgain_GivesThePlanItHad()
    {
        ConvolutionSizes sizes = SizesOf(new Convolution(2), [1, 2, 5, 5], [3, 2, 3, 3]);
        Assert.Same(sizes.PlanFor([4, 2, 5, 5]), sizes.PlanFor([4, 3, 3, 3]));
        Assert.NotSame(sizes.PlanFor([4, 2, 5, 5]), sizes.PlanFor([2, 2, 5, 5]));
    }

    private static IEnumerable<(string Name, Operator Op, Shape X, Shape Weight, int Bias)> Cases()
    {
        yield return ("1d", new Convolution(1), [2, 3, 6], [2, 3, 3], 2);
        yield return ("2d, the stride loses a row", new Convolution(2, 2), [2, 2, 6, 5], [3, 2, 3, 2], 3);
        yield return ("3d, padding", new Convolution(3, 2, 1), [1, 2, 3, 4, 3], [2, 2, 2, 3, 2], 2);
        yield return ("unbatched", new Convolution(2, 2, 1), [2, 5, 4], [3, 2, 3, 3], 3);
        yield return ("groups, dilation", new Convolution(2, 1, 2, 2, groups: 2), [1, 4, 5, 5], [2, 2, 3, 3], 2);
        yield return ("depthwise", new Convolution(1, groups: 3), [2, 3, 5], [6, 1, 2], 6);
        yield return ("asymmetric", new Convolution(2, 1, Padding.Explicit(2, 0)), [1, 2, 4, 4], [2, 2, 2, 3], 2);
        yield return ("causal", new Convolution(1, 2, Padding.Causal, 2), [1, 2, 7], [2, 2, 3], 2);
        yield return ("same", new Convolution(2, 1, Padding.Same), [1, 1, 4, 5], [2, 1, 2, 3], 2);
        yield return (
            "same as TensorFlow",
            new Convolution(2, 2, Padding.SameTensorFlow),
            [1, 2, 5, 4],
            [1, 2, 3, 2],
            1
        );
        foreach (PaddingMode mode in new[] { PaddingMode.Reflect, PaddingMode.Replicate, PaddingMode.Circular })
        {
            yield return ($"{mode}", new Convolution(2, 2, 2, mode: mode), [1, 2, 5, 4], [2, 2, 3, 2], 2);
        }

        yield return ("transposed", new TransposedConvolution(2, 2, 1), [2, 3, 3, 2], [3, 2, 3, 3], 2);
        yield return (
            "transposed, output padding",
            new TransposedConvolution(1, 3, 0, 2, groups: 2),
            [2, 4, 3],
            [4, 1, 2],
            2
        );
        yield return (
            "transposed, dilation, 3d",
            new TransposedConvolution(3, 1, 1, 0, 2),
            [1, 1, 2, 3, 2],
            [1, 2, 2, 2, 2],
            2
        );
        yield return ("transposed, same", new TransposedConvolution(1, 2, Padding.Same), [2, 2, 3], [2, 2, 3], 2);
        yield return ("transposed, unbatched", new TransposedConvolution(1, 2), [2, 3], [2, 2, 3], 2);
    }

    private static ConvolutionSizes SizesOf(Convolution convolution, Shape x, Shape weight)
    {
        // A rule is the only place that makes them: take them from the one that the convolution applies.
        Graph graph = GraphTracer.Trace(
            "sizes",
            null,
            [GraphInput.OfItems("x", Shape.Create(x.Sizes[1..]))],
            (tracer, t) =>
            {
                Tensor w = Shared(weight);
                Tensor y = convolution.Apply(t[0], w);
                TensorSpec[] specs = [new(t[0].Shape, t[0].DType), new(w.Shape, w.DType)];
                GradientCall call = new(
                    convolution,
                    specs,
                    [new OutputSpec(y.Shape, y.DType)],
                    [null, w],
                    [null],
                    [y],
                    [true, false]
                );
                convolution.RunDifferentiate(call);
                return [call.Given[0].Gradient];
            }
        );
        return ((ConvolutionProduct)graph.Output.Producer!.Operator).Sizes;
    }

    private static Tensor Shared(Shape shape)
    {
        Tensor tensor = Tensor.Normal(shape, rng: new Rng(8));
        tensor.RequiresGrad = true;
        return tensor;
    }
}
