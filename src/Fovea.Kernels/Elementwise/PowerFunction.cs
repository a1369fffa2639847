using System.Numerics;

namespace Fovea.Kernels;

/// <summary>y = x to a fixed power, computed lane by lane.</summary>
internal readonly unsafe record struct PowerFunction(double Exponent) : IUnaryFunction
{
    public SavedValue Saves => SavedValue.Input;

    public Vector<T> Value<T>(Vector<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Power(x, T.CreateTruncating(Exponent));

    public Vector<T> Gradient<T>(Vector<T> saved, Vector<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Exponent == 0.0
            ? Vector<T>.Zero
            : gradient * VectorFunctions.Splat<T>(Exponent) * Power(saved, T.CreateTruncating(Exponent - 1.0));

    private static Vector<T> Power<T>(Vector<T> x, T exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* lanes = (T*)&x;
        for (int i = 0; i < Vector<T>.Count; i++)
        {
            lanes[i] = T.Pow(lanes[i], exponent);
        }

        return x;
    }
}
