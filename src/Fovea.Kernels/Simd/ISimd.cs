namespace Fovea.Kernels;

/// <summary>The vector operations a kernel needs, supplied by an empty struct over a raw vector type.</summary>
/// <typeparam name="TVec">The vector: <c>Vector512&lt;float&gt;</c>, <c>Vector256&lt;float&gt;</c>,
/// <c>Vector128&lt;float&gt;</c>.</typeparam>
/// <remarks>
/// One kernel body serves every width: the JIT compiles it once per type argument and the calls vanish.
/// A struct that wraps the vector would cost register moves; operations over the raw vector do not.
/// </remarks>
internal unsafe interface ISimd<TVec>
    where TVec : struct
{
    /// <summary>Number of floats in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>All lanes zero.</summary>
    static abstract TVec Zero { get; }

    /// <summary>All lanes <paramref name="value"/>.</summary>
    static abstract TVec Splat(float value);

    /// <summary>Loads <see cref="Count"/> floats; no alignment needed.</summary>
    static abstract TVec Load(float* source);

    /// <summary>Stores <see cref="Count"/> floats; no alignment needed.</summary>
    static abstract void Store(TVec value, float* destination);

    /// <summary>Stores <see cref="Count"/> floats past the caches; the destination is on a boundary of a
    /// vector.</summary>
    static abstract void Stream(TVec value, float* destination);

    /// <summary>The lanes of a vector in another order; the bits of each lane of the other say which, as a whole number. Zero
    /// where there is no such lane.</summary>
    static abstract TVec Permute(TVec value, TVec lanes);

    /// <summary>The bits of either.</summary>
    static abstract TVec Or(TVec a, TVec b);

    /// <summary>Lane-wise sum.</summary>
    static abstract TVec Add(TVec a, TVec b);

    /// <summary>Lane-wise difference.</summary>
    static abstract TVec Subtract(TVec a, TVec b);

    /// <summary>Lane-wise product.</summary>
    static abstract TVec Multiply(TVec a, TVec b);

    /// <summary>Lane-wise quotient.</summary>
    static abstract TVec Divide(TVec a, TVec b);

    /// <summary>Lane-wise absolute value.</summary>
    static abstract TVec Abs(TVec value);

    /// <summary>Lane-wise 2^n, n + 127 standing in the lowest bits of each lane; infinity for n = 128.</summary>
    static abstract TVec PowerOfTwo(TVec biased);

    /// <summary>Lane-wise min(max(value, low), high); NaN stays NaN.</summary>
    static abstract TVec Clamp(TVec value, TVec low, TVec high);

    /// <summary>Lane-wise larger of the two; no number where either is none.</summary>
    static abstract TVec Max(TVec a, TVec b);

    /// <summary>All bits of a lane where a is no larger than b, none where it is or either is no number.</summary>
    static abstract TVec LessOrEqual(TVec a, TVec b);

    /// <summary>All bits of a lane where both are equal, none where they are not or either is no number.</summary>
    static abstract TVec Equal(TVec a, TVec b);

    /// <summary>The bits of <paramref name="a"/> where those of the mask are set, else of
    /// <paramref name="b"/>.</summary>
    static abstract TVec Select(TVec mask, TVec a, TVec b);

    /// <summary>a * b + c per lane; fused where the hardware fuses.</summary>
    static abstract TVec MultiplyAdd(TVec a, TVec b, TVec c);

    /// <summary>Sum of all lanes, in a fixed order.</summary>
    static abstract float Sum(TVec value);
}
