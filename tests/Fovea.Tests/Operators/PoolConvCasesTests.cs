using System.Globalization;
using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>The pooling rows of conv-cases.json: PyTorch's answers as checksums, and its refusals.</summary>
public sealed class PoolConvCasesTests
{
    [DataFact("conv-cases.json")]
    public void Forward_PoolRows_GivePyTorchsChecksums()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.Find("conv-cases.json")!));
        int answers = 0,
            refusals = 0;
        foreach (
            JsonElement row in document
                .RootElement.EnumerateArray()
                .Where(r => r.GetProperty("op").GetString()!.Contains("pool", StringComparison.Ordinal))
        )
        {
            if (row.TryGetProperty("error", out JsonElement error))
            {
                CheckRefusal(row, error.GetString()!);
                refusals++;
            }
            else
            {
                CheckAnswer(row);
                answers++;
            }
        }

        Assert.Equal((19, 5), (answers, refusals));
    }

    private static void CheckAnswer(JsonElement row)
    {
        string name =
            $"{row.GetProperty("id")} {row.GetProperty("op")} {row.GetProperty("x")} {row.GetProperty("attrs")}";
        Shape shape = ShapeOf(row.GetProperty("x"));
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            Tensor x = Tensor
                .From<float>(
                    [.. Enumerable.Range(0, (int)shape.Count).Select(i => (float)((((7 * i) + 3) % 11) - 5))],
                    shape
                )
                .To(dtype);
            x.RequiresGrad = true;
            Tensor y = Layer(row).Forward(x);
            Tensor dy = Tensor
                .From<float>(
                    [.. Enumerable.Range(0, (int)y.Count).Select(i => (float)((((3 * i) + 2) % 9) - 4))],
                    y.Shape
                )
                .To(dtype);
            y.Backward(dy);
            double tolerance = row.GetProperty("op").GetString()!.Contains("max", StringComparison.Ordinal)
                ? 0.0
                : 1e-6;
            Compare($"{name} y {dtype}", row.GetProperty("y"), y, tolerance);
            Compare($"{name} dx {dtype}", row.GetProperty("dx"), x.Grad!, tolerance);
        }
    }

    private static void CheckRefusal(JsonElement row, string theirs)
    {
        Shape shape = ShapeOf(row.GetProperty("x"));
        Exception? refusal = Record.Exception(() => Layer(row).Forward(Tensor.Zeros(shape)));
        string cause =
            theirs.Contains("half of kernel", StringComparison.Ordinal) ? "padding must be at most half the kernel"
            : theirs.Contains("stride", StringComparison.Ordinal) ? "stride must be 1 or more, got 0"
            : theirs.Contains("dilation", StringComparison.Ordinal) ? "dilation must be 1 or more, got 0"
            : "the kernel must not exceed the padded input, got kernel extent 3 on height 2 + 0 + 0 = 2";
        Assert.True(
            refusal is ArgumentException or ShapeException && refusal.Message.Contains(cause, StringComparison.Ordinal),
            $"case {row.GetProperty("id")}: expected '{cause}', got {refusal?.Message ?? "no refusal"}"
        );
    }

    private static Module Layer(JsonElement row)
    {
        JsonElement a = row.GetProperty("attrs");
        PerAxis kernel = Axes(a, "kernel_size") ?? 1,
            padding = Axes(a, "padding") ?? 0;
        bool ceil = Flag(a, "ceil_mode", false);
        return row.GetProperty("op").GetString() switch
        {
            "max_pool2d" => new MaxPool2d(
                kernel,
                Axes(a, "stride"),
                Padding.Symmetric(padding),
                dilation: Axes(a, "dilation"),
                ceilMode: ceil
            ),
            "avg_pool2d" => new AvgPool2d(
                kernel,
                Axes(a, "stride"),
                Padding.Symmetric(padding),
                ceilMode: ceil,
                countIncludePad: Flag(a, "count_include_pad", true),
                divisorOverride: a.TryGetProperty("divisor_override", out JsonElement divisor)
                    ? divisor.GetInt32()
                    : null
            ),
            "adaptive_avg_pool2d" => new AdaptiveAvgPool2d(Axes(a, "output_size") ?? 0),
            _ => new AdaptiveMaxPool2d(Axes(a, "output_size") ?? 0),
        };
    }

    private static bool Flag(JsonElement attributes, string name, bool otherwise) =>
        attributes.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : otherwise;

    private static PerAxis? Axes(JsonElement attributes, string name) =>
        !attributes.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetInt32()
        : PerAxis.Create([.. value.EnumerateArray().Select(v => v.GetInt32())]);

    private static Shape ShapeOf(JsonElement sizes) =>
        Shape.Create([.. sizes.EnumerateArray().Select(s => s.GetInt32())]);

    private static void Compare(string what, JsonElement expected, Tensor actual, double tolerance)
    {
        Assert.True(
            actual.Shape == ShapeOf(expected.GetProperty("shape")),
            $"{what}: shape {actual.Shape}, expected {expected.GetProperty("shape")}"
        );
        double[] v = actual.ToArray<double>();
        (string Name, double Got)[] sums =
        [
            ("sum", v.Sum()),
            ("abs", v.Sum(Math.Abs)),
            ("w13", v.Select((e, i) => e * ((i % 13) + 1)).Sum()),
            ("max", v.Length == 0 ? 0.0 : v.Max(Math.Abs)),
        ];
        foreach ((string name, double got) in sums)
        {
            double want = expected.GetProperty(name).GetDouble();
            Assert.True(
                Math.Abs(got - want) <= tolerance * Math.Max(1.0, expected.GetProperty("abs").GetDouble()),
                string.Create(CultureInfo.InvariantCulture, $"{what}: {name} is {got:R}, expected {want:R}")
            );
        }
    }
}
