namespace Fovea;

/// <summary>Weights and biases of a step in the order in which kernels read them, in memory of their own.</summary>
internal sealed unsafe class PackedWeights
{
    private float* _memory;

    /// <summary>Takes memory.</summary>
    /// <param name="weights">Floats of the weights.</param>
    /// <param name="outputs">Output channels.</param>
    public PackedWeights(long weights, int outputs)
    {
        long aligned = (weights + 15) / 16 * 16,
            biases = (outputs + 79) / 16 * 16;
        Bytes = (aligned + biases) * sizeof(float);
        _memory = LargeMemory.Take(Bytes);
        Bias = _memory + aligned;
        new Span<float>(Bias, (int)biases).Clear();
        GC.AddMemoryPressure(Bytes);
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

    /// <summary>Writes the biases with the factors and terms that were folded in; computed in double, rounded
    /// once.</summary>
    public void WriteBiases(FusedStep step, int outputs)
    {
        float[]? bias = step.Node.Inputs.Count > 2 ? step.Node.Inputs[2].Tensor!.ToArray<float>() : null;
        for (int c = 0; c < outputs; c++)
        {
            Bias[c] = (float)(((bias?[c] ?? 0.0) * (step.Scale?[c] ?? 1.0)) + (step.Shift?[c] ?? 0.0));
        }
    }
}
