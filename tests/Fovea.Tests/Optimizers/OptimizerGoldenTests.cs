using System.Text.Json;

namespace Fovea.Tests;

/// <summary>Ten steps on given gradients against PyTorch; see tests/golden/optimizers.py.</summary>
public sealed class OptimizerGoldenTests
{
    public static TheoryData<string> Cases => Golden.Cases("optimizers");

    [Theory, MemberData(nameof(Cases))]
    public void Step_Float64_FollowsPyTorch(string text) => Follow(text, DType.Float64, 1e-12);

    [Theory, MemberData(nameof(Cases))]
    public void Step_Float32_FollowsPyTorchToSinglePrecision(string text) => Follow(text, DType.Float32, 1e-6);

    [Fact]
    public void ByNorm_GoldenGradients_MatchesPyTorch()
    {
        foreach (JsonElement clip in Golden.Optimizers.GetProperty("clips").EnumerateArray())
        {
            GoldenNetwork network = new();
            network.To(DType.Float64);
            SetGradients(network, Golden.Optimizers.GetProperty("gradients")[3]);
            double norm = GradientClipping.ByNorm(network.Parameters(), clip.GetProperty("max_norm").GetDouble());
            Assert.Equal(clip.GetProperty("norm").GetDouble(), norm, 1e-13);
            AssertClose(clip.GetProperty("gradients")[0].Doubles(), network.A.Grad!, 1e-13, "gradient of a");
            AssertClose(clip.GetProperty("gradients")[1].Doubles(), network.B.Grad!, 1e-13, "gradient of b");
        }
    }

    private static void Follow(string text, DType dtype, double tolerance)
    {
        JsonElement golden = Golden.Optimizers;
        GoldenNetwork network = new();
        network.To(dtype);
        Copy(golden.GetProperty("start")[0].Doubles(), network.A);
        Copy(golden.GetProperty("start")[1].Doubles(), network.B);
        Optimizer optimizer = Optimizer.Parse($"{text},decay-all", network, 0.5);
        double[] rates = golden.GetProperty("rates").Doubles();
        for (int step = 0; step < rates.Length; step++)
        {
            optimizer.LearningRate = rates[step];
            SetGradients(network, golden.GetProperty("gradients")[step]);
            optimizer.Step();
            JsonElement expected = golden.GetProperty("optimizers").GetProperty(text)[step];
            AssertClose(expected[0].Doubles(), network.A, tolerance, $"{text}, step {step}, a");
            AssertClose(expected[1].Doubles(), network.B, tolerance, $"{text}, step {step}, b");
        }
    }

    private static void SetGradients(GoldenNetwork network, JsonElement gradients)
    {
        Parameter[] parameters = [network.A, network.B];
        for (int i = 0; i < 2; i++)
        {
            parameters[i].Grad =
                gradients[i].ValueKind == JsonValueKind.Null
                    ? null
                    : Tensor.From(gradients[i].Doubles(), parameters[i].Shape).To(parameters[i].DType);
        }
    }

    private static void Copy(double[] values, Parameter parameter) =>
        parameter.CopyFrom(Tensor.From(values, parameter.Shape).To(parameter.DType));

    private static void AssertClose(double[] expected, Tensor actual, double tolerance, string what)
    {
        double[] values = actual.ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"{what}[{i}]: expected {expected[i]:R}, got {values[i]:R}"
            );
        }
    }
}
