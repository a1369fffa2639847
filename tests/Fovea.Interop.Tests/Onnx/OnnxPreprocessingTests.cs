using Fovea.Data;
using Fovea.Graphs;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Preprocessing as nodes of a file gives what Fovea's own pipeline gives, so that a program in another language
/// need not repeat it. Issues onnxruntime 10863, 13591, 19226, 27402.</summary>
public sealed class OnnxPreprocessingTests
{
    [Theory]
    [InlineData(255.0)]
    [InlineData(1.0)]
    public void ToBytes_NormalizationOfChannels_EqualsThatOfThePipeline(double range)
    {
        Preprocessing own = new([3, 4, 5], ["a", "b"], [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f], false);
        byte[] raw = [.. Enumerable.Range(0, 2 * 60).Select(i => (byte)(i * 37 % 256))];
        float[] expected = [.. raw.Select(b => b / 255f)];
        own.Apply(expected.AsSpan(0, 60));
        own.Apply(expected.AsSpan(60, 60));
        Tensor x = Tensor.From<float>([.. raw.Select(b => range == 1.0 ? b / 255f : b)], [2, 3, 4, 5]);
        Compare(
            new OnnxPreprocessing
            {
                Mean = own.Mean,
                Std = own.Std,
                Range = range,
            },
            x,
            expected
        );
    }

    [Fact]
    public void ToBytes_OneChannel_EqualsThatOfThePipeline()
    {
        Preprocessing own = new([1, 4, 5], ["a", "b"], [0.2860f], [0.3530f], false);
        float[] raw = [.. Enumerable.Range(0, 20).Select(i => i / 19f)],
            expected = [.. raw];
        own.Apply(expected);
        Compare(
            new OnnxPreprocessing { Mean = own.Mean, Std = own.Std },
            Tensor.From<float>(raw, [1, 1, 4, 5]),
            expected
        );
    }

    /// <summary>A constant series becomes zeros, whatever its level: no rounding is blown up.</summary>
    [Fact]
    public void ToBytes_NormalizationOfItems_EqualsThatOfThePipeline()
    {
        Preprocessing own = new([2, 30], ["a", "b"], [0f, 0f], [1f, 1f], true);
        float[] raw = new float[4 * 60];
        for (int i = 0; i < raw.Length; i++)
        {
            raw[i] = (i / 60) switch
            {
                0 => MathF.Sin(i * 0.7f) * 100f,
                1 => 1000.1f,
                2 => 1e6f + (i % 7),
                _ => MathF.Sin(i * 0.3f) * 1e-5f,
            };
        }

        float[] expected = [.. raw];
        for (int item = 0; item < 4; item++)
        {
            own.Apply(expected.AsSpan(item * 60, 60));
        }

        Compare(new OnnxPreprocessing { NormalizesItems = true }, Tensor.From<float>(raw, [4, 2, 30]), expected);
    }

    [Fact]
    public void ToBytes_OtherChannels_AreRefused() =>
        Assert.Throws<ShapeException>(() =>
            OnnxExport.ToBytes(
                Graph.Trace(new Identity(), [3, 4, 5]),
                new OnnxExportOptions
                {
                    Preprocessing = new OnnxPreprocessing { Mean = [0f], Std = [1f] },
                }
            )
        );

    private static void Compare(OnnxPreprocessing preprocessing, Tensor raw, float[] expected)
    {
        Graph graph = Graph.Trace(new ReLU(), Shape.Create(raw.Shape.Sizes[1..])); // a network that says what it got
        foreach (int opset in (int[])[13, 17, 21])
        {
            byte[] model = OnnxExport.ToBytes(
                graph,
                new OnnxExportOptions { Preprocessing = preprocessing, Opset = opset }
            );
            double[] wanted = [.. expected.Select(v => Math.Max(v, 0.0))],
                runtime = [.. OtherRuntime.Run(model, raw)[0]];
            OnnxNetwork network = OnnxNetwork.Read(model);
            Assert.Equal(wanted, runtime, Near);
            Assert.Equal(wanted, network.Forward(raw).ToArray<double>(), Near);
            Assert.Equal(model, OnnxExport.ToBytes(network.ToGraph()));
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-6 * Math.Max(1.0, Math.Abs(a));
}
