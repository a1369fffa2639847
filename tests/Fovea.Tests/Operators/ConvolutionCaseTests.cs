using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>The recorded answers of PyTorch: forward and all gradients, exact, and refusals with their cause.</summary>
public sealed class ConvolutionCaseTests
{
    // What PyTorch refuses and Fovea has another answer to: same padding works with any stride here
    // (docs/decisions/0004), and a padding that does not exist
    // cannot be written.
    private static readonly int[] OtherByDesign = [192, 193];

    [DataFact(ConvolutionCase.File)]
    public void Apply_EveryConvolutionCase_MatchesPyTorchExactly()
    {
        List<string> wrong = [];
        int compared = 0;
        foreach (
            ConvolutionCase item in ConvolutionCase
                .ReadAll()
                .Where(c => c.Error is null && c.X.All(s => s > 0 || c.X[0] == 0))
        )
        {
            compared++;
            wrong.AddRange([.. Compare(item, DType.Float32), .. Compare(item, DType.Float64)]);
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(119, compared); // all 120 answers but the one without channels
    }

    [DataFact(ConvolutionCase.File)]
    public void Apply_EveryRefusal_IsRefusedForTheSameCause()
    {
        Dictionary<string, string> causes = new()
        {
            ["zero-size dim"] = "must not exceed the padded input",
            ["bias length wrong"] = "one value an output channel",
            ["channel mismatch"] = "input channels must equal",
            ["zero stride"] = "stride must be 1 or more",
            ["negative dilation"] = "dilation must be 1 or more",
            ["zero dilation"] = "dilation must be 1 or more",
            ["negative groups"] = "groups must be 1 or more",
            ["zero groups"] = "groups must be 1 or more",
            ["kernel > padded input"] = "must not exceed the padded input",
            ["5-D into conv2d"] = "with 2 spatial axes",
            ["zero kernel"] = "kernel size must be 1 or more",
            ["dilation overflow"] = "must not exceed the padded input",
            ["output_padding >= stride"] = "less than stride or dilation",
            ["in channels mismatch"] = "input channels must equal",
        };
        int refused = 0;
        foreach (
            ConvolutionCase item in ConvolutionCase
                .ReadAll()
                .Where(c => c.Error is not null && !OtherByDesign.Contains(c.Id))
        )
        {
            Assert.True(
                causes.TryGetValue(item.Note, out string? cause),
                $"case {item.Id} ({item.Note}) has no expected cause"
            );

            Exception error = Assert.ThrowsAny<Exception>(() => Forward(item));
            Assert.True(
                error is ShapeException or ArgumentException
                    && error.Message.Contains(cause!, StringComparison.Ordinal),
                $"case {item.Id} ({item.Note}): {error.Message}"
            );
            refused++;
        }

        Assert.Equal(causes.Count, refused);
    }

    [Fact]
    public void Apply_SamePaddingWithStride_GivesTheSizeDividedRoundedUp() =>
        Assert.Equal<Shape>(
            [1, 1, 2, 2],
            new Convolution(2, 2, Fovea.Padding.Same)
                .Apply(Tensor.Zeros([1, 1, 4, 4]), Tensor.Zeros([1, 1, 3, 3]))
                .Shape
        );

    [Fact]
    public void Apply_InputWithoutChannels_GivesTheBias()
    {
        Tensor y = new Convolution(2, padding: 1).Apply(
            Tensor.Zeros([2, 0, 7, 8]),
            Tensor.Zeros([3, 0, 3, 3]),
            Tensor.From<float>([1, 2, 3], [3])
        );
        Assert.Equal<Shape>([2, 3, 7, 8], y.Shape);
        Assert.All(
            y.ToArray().Chunk(56).Select((plane, i) => (plane, i)),
            p => Assert.All(p.plane, v => Assert.Equal((p.i % 3) + 1, v))
        );
    }

    private static (Tensor X, Tensor W, Tensor? B, Tensor Y) Forward(ConvolutionCase item, DType dtype = DType.Float32)
    {
        Tensor x = Leaf(IntegerData.X, item.X, dtype),
            w = Leaf(IntegerData.W, item.W, dtype);
        Tensor? b = item.Bias is { } bias ? Leaf(IntegerData.B, bias, dtype) : null;
        Operator op = item.ToOperator();
        return (x, w, b, b is null ? op.Apply(x, w) : op.Apply(x, w, b));
    }

    private static IEnumerable<string> Compare(ConvolutionCase item, DType dtype)
    {
        (Tensor x, Tensor w, Tensor? b, Tensor y) = Forward(item, dtype);
        y.Backward(Tensor.From(IntegerData.Dy(y.Count), y.Shape).To(dtype));
        return new[]
        {
            Check(item, "y", y),
            Check(item, "dx", x.Grad),
            Check(item, "dw", w.Grad),
            b is null ? null : Check(item, "db", b.Grad),
        }.OfType<string>();
    }

    private static string? Check(ConvolutionCase item, string what, Tensor? found) =>
        item.Difference(what, found is null ? Shape.Create([]) : found.Shape, found?.ToArray<double>());

    private static Tensor Leaf(Func<long, float[]> rule, int[] sizes, DType dtype)
    {
        Shape shape = Shape.Create(sizes);
        Tensor leaf = Tensor.From(rule(shape.Count), shape).To(dtype);
        leaf.RequiresGrad = true;
        return leaf;
    }
}
