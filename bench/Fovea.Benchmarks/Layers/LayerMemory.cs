using Fovea.Kernels;

namespace Fovea.Benchmarks;

/// <summary>Copies of a layer's input, packed weights and output, so that runs can meet memory that the caches no
/// longer hold.</summary>
internal sealed unsafe class LayerMemory : IDisposable
{
    private readonly LayerKernel _kernel;
    private readonly float* _maps;
    private readonly float*[] _weights;
    private readonly float* _bias;

    /// <summary>Takes memory, filled with small numbers of both signs.</summary>
    /// <param name="kernel">The layer.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="weights">Floats of the weights before packing.</param>
    /// <param name="bytes">Copies are made until they take as much together; there are two at least.</param>
    public LayerMemory(LayerKernel kernel, int outputs, long weights, long bytes)
    {
        _kernel = kernel;
        long copies = Math.Max(2, (bytes / sizeof(float) / (MapSize + kernel.PackedSize)) + 1);
        _maps = Filled(MapSize * copies);
        _bias = Filled(outputs + 64);
        _weights = new float*[copies];
        float* plain = Filled(weights);
        for (int i = 0; i < copies; i++)
        {
            _weights[i] = LargeMemory.Take(kernel.PackedSize * sizeof(float));
            kernel.Pack(plain, _weights[i]);
        }

        LargeMemory.Free(plain);
    }

    /// <summary>Number of copies.</summary>
    public int Copies => _weights.Length;

    /// <summary>Floats of an input and an output, whole cache lines each.</summary>
    private long MapSize => Lines(_kernel.SourceSize) + Lines(_kernel.DestinationSize);

    /// <summary>Runs the layer in one of the copies.</summary>
    public void Run(int copy)
    {
        float* x = _maps + (copy * MapSize);
        _kernel.Run(x, _weights[copy], _bias, x + Lines(_kernel.SourceSize));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LargeMemory.Free(_maps);
        LargeMemory.Free(_bias);
        foreach (float* block in _weights)
        {
            LargeMemory.Free(block);
        }
    }

    private static long Lines(long floats) => (floats + 15) / 16 * 16;

    private static float* Filled(long floats)
    {
        const int Period = 1 << 12;
        float* memory = LargeMemory.Take((floats + Period) * sizeof(float));
        for (int i = 0; i < Period; i++)
        {
            memory[i] = ((i * 7919 % 1000) / 1000f) - 0.5f;
        }

        for (long at = Period; at < floats; at += Period)
        {
            new Span<float>(memory, Period).CopyTo(
                new Span<float>(memory + at, (int)Math.Min(Period, floats + Period - at))
            );
        }

        return memory;
    }
}
