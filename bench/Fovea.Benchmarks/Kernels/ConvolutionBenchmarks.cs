using BenchmarkDotNet.Attributes;
using Fovea.Kernels;

namespace Fovea.Benchmarks.Kernels;

/// <summary>The three passes of the convolutions of small networks, at all threads.</summary>
public unsafe class ConvolutionBenchmarks
{
    private ConvolutionPlan _plan = null!;
    private Scratch _input,
        _weights,
        _output;

    /// <summary>The layers.</summary>
    public static IEnumerable<ConvolutionLayer> Layers =>
        [
            ConvolutionLayer.Of(128, 1, 16, 28, 3),
            ConvolutionLayer.Of(128, 16, 16, 28, 3),
            ConvolutionLayer.Of(128, 16, 32, 28, 3, stride: 2),
            ConvolutionLayer.Of(128, 32, 32, 14, 3),
            ConvolutionLayer.Of(128, 64, 64, 7, 3),
            ConvolutionLayer.Of(1, 64, 64, 56, 3),
            ConvolutionLayer.Of(1, 256, 64, 56, 1),
            ConvolutionLayer.OfSeries(16, 64, 64, 150, 8),
        ];

    /// <summary>The layer of this run.</summary>
    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = null!;

    /// <summary>Takes memory and plans.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ConvolutionGeometry g = Layer.Geometry;
        _plan = ConvolutionPlan.For(g);
        (_input, _weights, _output) = (
            new Scratch(g.InputCount),
            new Scratch(g.WeightCount),
            new Scratch(g.OutputCount)
        );
        new Span<float>(_input.Pointer, (int)g.InputCount).Fill(0.5f);
        new Span<float>(_weights.Pointer, (int)g.WeightCount).Fill(0.25f);
        new Span<float>(_output.Pointer, (int)g.OutputCount).Fill(0.125f);
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _input.Dispose();
        _weights.Dispose();
        _output.Dispose();
    }

    /// <summary>Outputs.</summary>
    [Benchmark]
    public void Forward() => ConvolutionKernels.Forward(_plan, _input.Pointer, _weights.Pointer, null, _output.Pointer);

    /// <summary>Gradients of the inputs.</summary>
    [Benchmark]
    public void BackwardData() =>
        ConvolutionKernels.BackwardData(_plan, _output.Pointer, _weights.Pointer, null, _input.Pointer);

    /// <summary>Gradients of the weights.</summary>
    [Benchmark]
    public void BackwardWeights() =>
        ConvolutionKernels.BackwardWeights(_plan, _input.Pointer, _output.Pointer, _weights.Pointer);
}

/// <summary>A layer to time.</summary>
public sealed class ConvolutionLayer
{
    private readonly string _name;

    private ConvolutionLayer(string name, ConvolutionGeometry geometry) => (_name, Geometry) = (name, geometry);

    internal ConvolutionGeometry Geometry { get; }

    /// <summary>Multiply-adds of a pass.</summary>
    public long MultiplyAdds => Geometry.MultiplyAdds;

    /// <summary>Of square maps, with as much padding as keeps their size at a stride of 1.</summary>
    public static ConvolutionLayer Of(int batch, int inputs, int outputs, int size, int kernel, int stride = 1)
    {
        WindowAxis axis = new(size, kernel, stride, 1, kernel / 2, kernel / 2);
        return new(
            $"{inputs}->{outputs} {size}x{size} {kernel}x{kernel}{(stride > 1 ? $" s{stride}" : "")} batch {batch}",
            new(batch, inputs, outputs, 1, WindowAxis.None, axis, axis, PaddingMode.Zeros)
        );
    }

    /// <summary>Of series, of the same length behind the layer.</summary>
    public static ConvolutionLayer OfSeries(int batch, int inputs, int outputs, int length, int kernel)
    {
        WindowAxis time = new(length, kernel, 1, 1, (kernel - 1) / 2, kernel / 2);
        return new(
            $"{inputs}->{outputs} length {length} kernel {kernel} batch {batch}",
            new(batch, inputs, outputs, 1, WindowAxis.None, WindowAxis.None, time, PaddingMode.Zeros)
        );
    }

    /// <inheritdoc/>
    public override string ToString() => _name;
}
