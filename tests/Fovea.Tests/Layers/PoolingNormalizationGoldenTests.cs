using System.Globalization;
using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Tests;

/// <summary>Pools, normalizations and upsampling against the answers of PyTorch in
/// tests/golden/pooling_normalization.json.</summary>
public sealed class PoolingNormalizationGoldenTests
{
    private const double Tolerance = 1e-8;

    [Theory]
    [InlineData("maxpool", 18)]
    [InlineData("avgpool", 36)]
    [InlineData("adaptiveavg", 12)]
    [InlineData("adaptivemax", 12)]
    [InlineData("lppool", 4)]
    [InlineData("batchnorm", 16)]
    [InlineData("batchnormrelu", 4)]
    [InlineData("groupnorm", 9)]
    [InlineData("layernorm", 6)]
    [InlineData("instancenorm", 9)]
    [InlineData("upsample", 63)]
    public void Forward_GoldenRows_MatchPyTorch(string op, int rows)
    {
        string path = Path.Combine(TestData.Root, "tests", "golden", "pooling_normalization.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        int seen = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("rows").EnumerateArray())
        {
            if (row.GetProperty("op").GetString() == op)
            {
                Check(row);
                seen++;
            }
        }

        Assert.Equal(rows, seen);
    }

    private static void Check(JsonElement row)
    {
        string name =
            $"{row.GetProperty("op")} {row.GetProperty("x")} {row.GetProperty("options")} eval {row.GetProperty("eval")}";
        Module layer = Layer(row.GetProperty("op").GetString()!, row.GetProperty("options")).To(DType.Float64);
        foreach ((string path, Parameter parameter) in layer.NamedParameters())
        {
            parameter.CopyFrom(Make(parameter.Shape, i => path == "weight" ? 1 + (i % 5 / 8.0) : (i % 4 / 4.0) - 0.5));
        }

        Shape shape = ShapeOf(row.GetProperty("x"));
        for (int step = 1; step < row.GetProperty("steps").GetInt32(); step++)
        {
            layer.Forward(Input(shape));
        }

        layer.Train(!row.GetProperty("eval").GetBoolean());
        Tensor x = Input(shape);
        x.RequiresGrad = true;
        Tensor? residual =
            row.GetProperty("dresidual").ValueKind == JsonValueKind.Null
                ? null
                : Make(shape, i => ((((5 * i) + 1) % 7) - 3) / 4.0);
        if (residual is not null)
        {
            residual.RequiresGrad = true;
        }

        Tensor y = residual is null ? layer.Forward(x) : ((BatchNormRelu2d)layer).Forward(x, residual);
        Assert.True(y.Shape == ShapeOf(row.GetProperty("shape")), $"{name}: shape {y.Shape}");
        y.Backward(Make(y.Shape, i => ((((3 * i) + 2) % 9) - 4) / 8.0));
        Compare($"{name}: y", row.GetProperty("y"), y);
        Compare($"{name}: dx", row.GetProperty("dx"), x.Grad!);
        if (residual is not null)
        {
            Compare($"{name}: dresidual", row.GetProperty("dresidual"), residual.Grad!);
        }

        CompareState(name, row, layer);
    }

    private static void CompareState(string name, JsonElement row, Module layer)
    {
        JsonElement gradients = row.GetProperty("gradients"),
            buffers = row.GetProperty("buffers");
        Assert.Equal(gradients.EnumerateObject().Select(g => g.Name), layer.NamedParameters().Select(p => p.Path));
        Assert.Equal(buffers.EnumerateObject().Select(b => b.Name), layer.NamedBuffers().Select(b => b.Path));
        foreach ((string path, Parameter parameter) in layer.NamedParameters())
        {
            Compare($"{name}: gradient of {path}", gradients.GetProperty(path), parameter.Grad!);
        }

        foreach ((string path, StateBuffer buffer) in layer.NamedBuffers())
        {
            if (layer is InstanceNorm && path == "num_batches_tracked")
            {
                Assert.Equal(
                    row.GetProperty("eval").GetBoolean()
                        ? row.GetProperty("steps").GetInt32() - 1
                        : row.GetProperty("steps").GetInt32(),
                    buffer.Item()
                );
                continue; // PyTorch's instance normalization never counts its batches, so its momentum None stands still; here it averages
            }

            Compare($"{name}: {path}", buffers.GetProperty(path), buffer);
        }
    }

    private static Module Layer(string op, JsonElement options)
    {
        int rank = Number(options, "rank", 2);
        return op switch
        {
            "maxpool" => PoolCases.Max(
                rank,
                Number(options, "kernel", 0),
                Number(options, "stride", 0),
                Number(options, "padding", 0),
                ceilMode: Flag(options, "ceil")
            ),
            "avgpool" => PoolCases.Average(
                rank,
                Number(options, "kernel", 0),
                Number(options, "stride", 0),
                Number(options, "padding", 0),
                ceilMode: Flag(options, "ceil"),
                countIncludePad: Flag(options, "include")
            ),
            "lppool" => PoolCases.Lp(
                rank,
                options.GetProperty("norm").GetDouble(),
                Number(options, "kernel", 0),
                Number(options, "stride", 0)
            ),
            "adaptiveavg" => PoolCases.AdaptiveAverage(rank, Number(options, "size", 0)),
            "adaptivemax" => PoolCases.AdaptiveMax(rank, Number(options, "size", 0)),
            "batchnorm" => BatchNormOf(rank, options),
            "batchnormrelu" => new BatchNormRelu2d(3),
            "groupnorm" => new GroupNorm(
                Number(options, "channels", 0),
                Number(options, "groups", 0),
                affine: Flag(options, "affine")
            ),
            "layernorm" => new LayerNorm(ShapeOf(options.GetProperty("shape")), affine: Flag(options, "affine")),
            "instancenorm" => InstanceNormOf(rank, Flag(options, "affine"), Flag(options, "track")),
            "upsample" => UpsampleOf(options),
            _ => throw new InvalidDataException(op),
        };
    }

    private static BatchNorm BatchNormOf(int rank, JsonElement options)
    {
        bool affine = Flag(options, "affine"),
            track = Flag(options, "track");
        double? momentum =
            options.GetProperty("momentum").ValueKind == JsonValueKind.Null
                ? null
                : options.GetProperty("momentum").GetDouble();
        return rank switch
        {
            1 => new BatchNorm1d(3, 1e-5, momentum, affine, track),
            2 => new BatchNorm2d(3, 1e-5, momentum, affine, track),
            _ => new BatchNorm3d(3, 1e-5, momentum, affine, track),
        };
    }

    private static InstanceNorm InstanceNormOf(int rank, bool affine, bool track) =>
        rank switch
        {
            1 => new InstanceNorm1d(2, affine: affine, trackRunningStats: track),
            2 => new InstanceNorm2d(2, affine: affine, trackRunningStats: track),
            _ => new InstanceNorm3d(2, affine: affine, trackRunningStats: track),
        };

    private static Upsample UpsampleOf(JsonElement options)
    {
        UpsampleMode mode =
            options.GetProperty("mode").GetString() == "nearest" ? UpsampleMode.Nearest : UpsampleMode.Linear;
        return options.TryGetProperty("scale", out JsonElement scale)
            ? new Upsample(scale.GetDouble(), mode, Flag(options, "align"))
            : Upsample.ToSize(Number(options, "size", 0), mode, Flag(options, "align"));
    }

    private static int Number(JsonElement options, string name, int otherwise) =>
        options.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : otherwise;

    private static bool Flag(JsonElement options, string name) => options.GetProperty(name).GetBoolean();

    private static Shape ShapeOf(JsonElement sizes) =>
        Shape.Create([.. sizes.EnumerateArray().Select(s => s.GetInt32())]);

    private static Tensor Input(Shape shape) => Make(shape, i => (((((7 * i) + 3) % 11) - 5) / 4.0) + (i % 3 / 16.0));

    private static Tensor Make(Shape shape, Func<long, double> rule) =>
        Tensor.From<double>([.. Enumerable.Range(0, (int)shape.Count).Select(i => rule(i))], shape);

    private static void Compare(string what, JsonElement expected, Tensor actual)
    {
        double[] want = [.. expected.EnumerateArray().Select(e => e.GetDouble())],
            got = actual.ToArray<double>();
        Assert.True(want.Length == got.Length, $"{what}: {got.Length} values, expected {want.Length}");
        for (int i = 0; i < want.Length; i++)
        {
            Assert.True(
                Math.Abs(want[i] - got[i]) <= Tolerance,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}, element {i}: expected {want[i]:R}, got {got[i]:R}"
                )
            );
        }
    }
}
