namespace Fovea.Kernels;

/// <summary>The weights of a convolution with what is folded into them: y = (conv(x, w) + bias) * scale + shift by
/// output channel.</summary>
/// <param name="weights">[Cout, Cin / groups, kernel...].</param>
/// <param name="bias">One value an output channel; null for 0.</param>
/// <param name="scale">One factor an output channel; null for 1.</param>
/// <param name="shift">One term an output channel; null for 0.</param>
internal readonly unsafe struct FoldedWeights(float* weights, float[]? bias, double[]? scale, double[]? shift)
{
    /// <summary>The weights as they are.</summary>
    public float* Weights => weights;

    /// <summary>What the weights of each output channel are multiplied by; null for 1.</summary>
    public double[]? Scale => scale;

    /// <summary>The bias of an output channel with what is folded in: computed in double, rounded once.</summary>
    public float BiasOf(int channel) =>
        (float)(((bias?[channel] ?? 0.0) * (scale?[channel] ?? 1.0)) + (shift?[channel] ?? 0.0));
}

/// <summary>Weights and biases in the order in which a kernel reads them, in memory of their own.</summary>
internal sealed unsafe class PackedWeights
{
    private const int Line = 16; // floats

    /// <summary>Biases behind the last channel: a tile loads the biases of all its channels, also of those that are not
    /// there.</summary>
    public const int MostTileOutputs = 64;

    private float* _memory;

    /// <summary>Packs.</summary>
    /// <param name="kernel">What reads them.</param>
    /// <param name="folded">The weights.</param>
    public PackedWeights(IBlockedKernel kernel, FoldedWeights folded)
    {
        int outputs = kernel.Geometry.OutChannels;
        long weights = (kernel.PackedSize + Line - 1) / Line * Line,
            biases = (outputs + MostTileOutputs + Line - 1) / Line * Line;
        Bytes = (weights + biases) * sizeof(float);
        _memory = LargeMemory.Take(Bytes);
        GC.AddMemoryPressure(Bytes);
        Bias = _memory + weights;
        new Span<float>(Bias, (int)biases).Clear();
        for (int c = 0; c < outputs; c++)
        {
            Bias[c] = folded.BiasOf(c);
        }

        kernel.Pack(WeightView.Of(folded.Weights, kernel.Geometry, folded.Scale), _memory);
    }

    ~PackedWeights()
    {
        GC.RemoveMemoryPressure(Bytes);
        LargeMemory.Free(_memory);
        _memory = null;
    }

    /// <summary>Bytes taken.</summary>
    public long Bytes { get; }

    /// <summary>The packed weights.</summary>
    public float* Weights => _memory;

    /// <summary>The biases, filled up with zeros.</summary>
    public float* Bias { get; }
}
