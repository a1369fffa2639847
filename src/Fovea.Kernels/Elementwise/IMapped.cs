using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>A function that compiled networks apply to whole vectors of any width, faster than
/// <see cref="IUnaryFunction"/>, which knows one width and keeps what backward needs.</summary>
internal interface IMapped
{
    /// <summary>The function over runs of floats whose length is a multiple of 16. A result depends on its element
    /// alone, not on where in the run it stands.</summary>
    /// <param name="bits">Width of the vectors: 512, 256 or 128.</param>
    ElementMap Map(int bits);
}

/// <summary>The function of one vector behind <see cref="IMapped"/>.</summary>
/// <typeparam name="TSelf">The function itself.</typeparam>
internal interface IMapped<TSelf> : IMapped
    where TSelf : struct, IMapped<TSelf>
{
    /// <summary>y = f(x), relative error below 1e-6 where the function says nothing else. NaN stays NaN; infinities
    /// give what they give in <see cref="IUnaryFunction.Value"/>, or, where that is NaN, the limit.</summary>
    static abstract TVec Lanes<TVec, TSimd>(TVec x)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>;

    /// <inheritdoc/>
    unsafe ElementMap IMapped.Map(int bits) =>
        bits switch
        {
            512 => MapKernel<TSelf, Vector512<float>, Simd512>.Run,
            256 => MapKernel<TSelf, Vector256<float>, Simd256>.Run,
            _ => MapKernel<TSelf, Vector128<float>, Simd128>.Run,
        };
}
