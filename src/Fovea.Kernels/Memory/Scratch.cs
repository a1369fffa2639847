using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>Working memory of one kernel call: rented on creation, returned by <see cref="Dispose"/>.</summary>
internal readonly unsafe struct Scratch : IDisposable
{
    private readonly float[] _block;

    /// <summary>Rents room for <paramref name="floats"/> floats, contents arbitrary, start aligned to 64
    /// bytes.</summary>
    public Scratch(long floats)
    {
        _block = BlockPool.Rent(floats);
        Pointer = (float*)Unsafe.AsPointer(ref _block[0]) + BlockPool.AlignedOffset(_block);
    }

    /// <summary>First float; valid until <see cref="Dispose"/>.</summary>
    public float* Pointer { get; }

    /// <inheritdoc/>
    public void Dispose() => BlockPool.Return(_block);
}
