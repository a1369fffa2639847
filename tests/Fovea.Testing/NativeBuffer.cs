using System.Runtime.InteropServices;

namespace Fovea.Testing;

/// <summary>Floats at a fixed address, with NaN in front and behind: a stray read that matters poisons the result, a
/// stray write is seen.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Guard = 64;
    private readonly float* _start;

    public NativeBuffer(long count)
    {
        Count = count;
        _start = (float*)NativeMemory.AlignedAlloc((nuint)((count + (2 * Guard)) * sizeof(float)), 64);
        for (long i = 0; i < count + (2 * Guard); i++)
        {
            _start[i] = float.NaN;
        }
    }

    public NativeBuffer(float[] values)
        : this(values.Length) => values.CopyTo(new Span<float>(Pointer, values.Length));

    public long Count { get; }

    public float* Pointer => _start + Guard;

    public float[] ToArray() => new ReadOnlySpan<float>(Pointer, (int)Count).ToArray();

    public bool GuardsAreIntact()
    {
        for (int i = 0; i < Guard; i++)
        {
            if (!float.IsNaN(_start[i]) || !float.IsNaN(_start[Guard + Count + i]))
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
