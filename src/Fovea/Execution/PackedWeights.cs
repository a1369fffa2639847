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
        long aligned = (weights + 15) / 16 * 16, biases = (outputs + 79) / 16 * 16;
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

    /// <summary>Writes the biases, and gives the weights, both with the factors and terms that were folded in; computed in double, rounded once.</summary>
    public float[] Fold(FusedStep step, int outputs)
    {
        float[] weights = step.Node.Inputs[1].Tensor!.ToArray<float>();
        float[]? bias = step.Node.Inputs.Count > 2 ? step.Node.Inputs[2].Tensor!.ToArray<float>() : null;
        int row = weights.Length / outputs;
        for (int c = 0; c < outputs; c++)
        {
            double scale = step.Scale?[c] ?? 1.0;
            Bias[c] = (float)(((bias?[c] ?? 0.0) * scale) + (step.Shift?[c] ?? 0.0));
            for (int i = 0; i < row && step.Scale is not null; i++)
            {
                weights[(c * row) + i] = (float)(weights[(c * row) + i] * scale);
            }
        }

        return weights;
    }
}
