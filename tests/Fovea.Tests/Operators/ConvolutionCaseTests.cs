using System.Text.Json.Nodes;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>The recorded answers of PyTorch: forward and all gradients, exact, and refusals with their cause.</summary>
public sealed class ConvolutionCaseTests
{
    // What PyTorch refuses and Fovea has another answer to: same padding works with any stride here (docs/decisions/0004), and a padding that does not exist
    // cannot be written.
    private static readonly int[] OtherByDesign = [192, 193];

    [DataFact("conv-cases.json")]
    public void Apply_EveryConvolutionCase_MatchesPyTorchExactly()
    {
        List<string> wrong = [];
        int compared = 0;
        foreach (JsonNode? node in JsonNode.Parse(File.ReadAllText(TestData.Find("conv-cases.json")!))!.AsArray())
        {
            ConvolutionCase item = new(node!);
            if (item.Operation.StartsWith("conv", StringComparison.Ordinal) && item.Error is null && item.X.All(s => s > 0 || item.X[0] == 0))
            {
                compared++;
                wrong.AddRange(item.Compare());
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(119, compared); // all 120 answers but the one without channels
    }

    [DataFact("conv-cases.json")]
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
        foreach (JsonNode? node in JsonNode.Parse(File.ReadAllText(TestData.Find("conv-cases.json")!))!.AsArray())
        {
            ConvolutionCase item = new(node!);
            if (item.Error is null || !item.Operation.StartsWith("conv", StringComparison.Ordinal) || OtherByDesign.Contains(item.Id))
            {
                continue;
            }

            Assert.True(causes.TryGetValue(item.Note, out string? cause), $"case {item.Id} ({item.Note}) has no expected cause");

            Exception error = Assert.ThrowsAny<Exception>(() => item.Forward());
            Assert.True(error is ShapeException or ArgumentException && error.Message.Contains(cause!, StringComparison.Ordinal), $"case {item.Id} ({item.Note}): {error.Message}");
            refused++;
        }

        Assert.Equal(causes.Count, refused);
    }

    [Fact]
    public void Apply_SamePaddingWithStride_GivesTheSizeDividedRoundedUp() =>
        Assert.Equal<Shape>([1, 1, 2, 2], new Convolution(2, 2, Fovea.Padding.Same).Apply(Tensor.Zeros([1, 1, 4, 4]), Tensor.Zeros([1, 1, 3, 3])).Shape);

    [Fact]
    public void Apply_InputWithoutChannels_GivesTheBias()
    {
        Tensor y = new Convolution(2, padding: 1).Apply(Tensor.Zeros([2, 0, 7, 8]), Tensor.Zeros([3, 0, 3, 3]), Tensor.From<float>([1, 2, 3], [3]));
        Assert.Equal<Shape>([2, 3, 7, 8], y.Shape);
        Assert.All(y.ToArray().Chunk(56).Select((plane, i) => (plane, i)), p => Assert.All(p.plane, v => Assert.Equal((p.i % 3) + 1, v)));
    }

    private sealed class ConvolutionCase(JsonNode node)
    {
        public int Id => (int)node["id"]!;

        public string Operation => (string)node["op"]!;

        public string Note => (string)node["note"]!;

        public string? Error => (string?)node["error"];

        public int[] X => Ints(node["x"]!);

        private int Rank => Operation[^2] - '0';

        private JsonNode Attributes => node["attrs"]!;

        public (Tensor X, Tensor W, Tensor? B, Tensor Y) Forward(DType dtype = DType.Float32)
        {
            Tensor x = Leaf(IntegerData.X, X, dtype), w = Leaf(IntegerData.W, Ints(node["w"]!), dtype);
            Tensor? b = node["b"] is { } bias ? Leaf(IntegerData.B, Ints(bias), dtype) : null;
            Operator op = Operation.StartsWith("conv_transpose", StringComparison.Ordinal)
                ? new TransposedConvolution(Rank, Axes("stride"), Padding(), Axes("output_padding"), Axes("dilation"), (int?)Attributes["groups"] ?? 1)
                : new Convolution(Rank, Axes("stride"), Padding(), Axes("dilation"), (int?)Attributes["groups"] ?? 1);
            return (x, w, b, b is null ? op.Apply(x, w) : op.Apply(x, w, b));
        }

        public IEnumerable<string> Compare() => [.. Compare(DType.Float32), .. Compare(DType.Float64)];

        private IEnumerable<string> Compare(DType dtype)
        {
            (Tensor x, Tensor w, Tensor? b, Tensor y) = Forward(dtype);
            y.Backward(Tensor.From(IntegerData.Dy(y.Count), y.Shape).To(dtype));
            return new[] { Check("y", y), Check("dx", x.Grad), Check("dw", w.Grad), b is null ? null : Check("db", b.Grad) }.OfType<string>();
        }

        private static Tensor Leaf(Func<long, float[]> rule, int[] sizes, DType dtype)
        {
            Shape shape = Shape.Create(sizes);
            Tensor leaf = Tensor.From(rule(shape.Count), shape).To(dtype);
            leaf.RequiresGrad = true;
            return leaf;
        }

        private string? Check(string what, Tensor? actual)
        {
            if (node[what] is not { } expected)
            {
                return null;
            }

            if (actual is null)
            {
                return $"case {Id} {Operation}: {what} is missing";
            }

            double[] values = actual.ToArray<double>();
            double sum = values.Sum(), absolute = values.Sum(Math.Abs), weighted = values.Select((v, i) => v * ((i % 13) + 1)).Sum();
            bool same = Ints(expected["shape"]!).SequenceEqual(actual.Shape) && sum == (double)expected["sum"]! && absolute == (double)expected["abs"]! && weighted == (double)expected["w13"]!;
            return same ? null : $"case {Id} {Operation} {node["attrs"]!.ToJsonString()}: {what} {actual.Shape} sum {sum}, |sum| {absolute}, weighted {weighted}; expected {expected.ToJsonString()}";
        }

        private Padding Padding() => Attributes["padding"] switch
        {
            null => Fovea.Padding.Valid,
            JsonValue v when v.TryGetValue(out string? text) => text == "same" ? Fovea.Padding.SamePyTorch : Fovea.Padding.Valid,
            JsonNode n => Fovea.Padding.Symmetric(Values(n)),
        };

        private PerAxis? Axes(string name) => Attributes[name] is { } n ? Values(n) : null;

        private static PerAxis Values(JsonNode n) => PerAxis.Create(Ints(n));

        private static int[] Ints(JsonNode n) => n is JsonArray array ? [.. array.Select(v => (int)v!)] : [(int)Math.Min((long)n, int.MaxValue)];
    }
}
