using System.Text.Json;
using Fovea.Testing;

namespace Fovea.Models.Tests;

/// <summary>Scores of the mobile families and EfficientNet against torchvision's, with the same weights; see
/// tests/golden/mobile_outputs.py.</summary>
public sealed class MobileOutputTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(TestData.Root, "tests", "golden", "mobile_outputs.json")))
        .RootElement;

    public static TheoryData<string> Names => [.. Golden.EnumerateObject().Select(p => p.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Forward_WithTheSameWeights_GivesTorchvisionsScores(string name)
    {
        Module model = ModelRegistry.Create(name, [3, 40, 40], 10).Eval();
        model.To(DType.Float64);
        Fill(model);
        double[] expected = [.. Golden.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())],
            actual;
        using (NoGrad.Enter())
        {
            actual = model.Forward(Values(0, [2, 3, 40, 40], u => u)).ToArray<double>();
        }

        double largest = expected.Max(Math.Abs),
            worst = expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(
            worst <= 1e-9 * largest,
            $"{name}: a score differs by {worst:G3} where the largest is {largest:G6}: {string.Join(", ", actual.Select(v => $"{v:G6}"))}"
        );
    }

    private static void Fill(Module model)
    {
        int entry = 0;
        foreach ((string path, Parameter parameter) in model.NamedParameters())
        {
            double bound = Math.Sqrt(6.0 * parameter.Shape[0] / parameter.Count);
            Func<double, double> rule =
                parameter.Kind == ParameterKind.Weight ? u => u * bound
                : path.EndsWith("weight", StringComparison.Ordinal) ? u => 1.0 + (0.2 * u)
                : u => 0.1 * u;
            parameter.CopyFrom(Values(entry++, parameter.Shape, rule));
        }

        foreach ((string path, StateBuffer buffer) in model.NamedBuffers())
        {
            if (buffer.Rank > 0)
            {
                buffer.CopyFrom(
                    Values(
                        entry,
                        buffer.Shape,
                        path.EndsWith("running_var", StringComparison.Ordinal) ? u => 1.0 + (0.2 * u) : u => 0.1 * u
                    )
                );
            }

            entry++;
        }
    }

    /// <summary>A rule of u = ((7919 k + 10473 entry) mod 2003) / 1001 - 1 for every element k.</summary>
    private static Tensor Values(int entry, Shape shape, Func<double, double> rule)
    {
        double[] values = new double[shape.Count];
        for (long k = 0; k < values.Length; k++)
        {
            values[k] = rule((((7919 * k) + (10473L * entry)) % 2003 / 1001.0) - 1.0);
        }

        return Tensor.From<double>(values, shape);
    }
}
