namespace Fovea.Kernels;

/// <summary>The tensors of the second derivative of a norm pool.</summary>
internal readonly unsafe struct NormCurvature<T>(T* x, T* y, T* dy, T* gradient, T* forX, T* forY, T* forDy)
    where T : unmanaged
{
    /// <summary>Input of the pool.</summary>
    public readonly T* X = x;

    /// <summary>Output of the pool.</summary>
    public readonly T* Y = y;

    /// <summary>Gradient of the output.</summary>
    public readonly T* Dy = dy;

    /// <summary>Gradient of dx.</summary>
    public readonly T* Gradient = gradient;

    /// <summary>Result for x; null where not wanted.</summary>
    public readonly T* ForX = forX;

    /// <summary>Result for y; null where not wanted.</summary>
    public readonly T* ForY = forY;

    /// <summary>Result for dy; null where not wanted.</summary>
    public readonly T* ForDy = forDy;
}
