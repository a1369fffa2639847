using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fovea.Kernels;

/// <summary>The inner loops of normalization over one run of values that share a scale. Tails are computed as lanes
/// are: separate products and sums, so a value's result does not depend on its place.</summary>
internal static unsafe class NormalizeRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = (x - center) * scale + shift.</summary>
    public static void Scale(T* x, T* y, int count, T center, T scale, T shift)
    {
        Vector<T> m = Vector.Create(center),
            s = Vector.Create(scale),
            t = Vector.Create(shift);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            (((Vector.Load(x + i) - m) * s) + t).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = ((x[i] - center) * scale) + shift;
        }
    }

    /// <summary>y = relu((x - center) * scale + shift). A NaN stays.</summary>
    public static void ScaleRelu(T* x, T* y, int count, T center, T scale, T shift)
    {
        Vector<T> m = Vector.Create(center),
            s = Vector.Create(scale),
            t = Vector.Create(shift);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Relu(((Vector.Load(x + i) - m) * s) + t).Store(y + i);
        }

        for (; i < count; i++)
        {
            T value = ((x[i] - center) * scale) + shift;
            y[i] = value <= T.Zero ? T.Zero : value;
        }
    }

    /// <summary>y = relu((x - center) * scale + shift + residual). A NaN stays.</summary>
    public static void ScaleAddRelu(T* x, T* residual, T* y, int count, T center, T scale, T shift)
    {
        Vector<T> m = Vector.Create(center),
            s = Vector.Create(scale),
            t = Vector.Create(shift);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Relu(((Vector.Load(x + i) - m) * s) + t + Vector.Load(residual + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            T value = ((x[i] - center) * scale) + shift + residual[i];
            y[i] = value <= T.Zero ? T.Zero : value;
        }
    }

    /// <summary>masked = dy where y is above 0 or NaN, 0 elsewhere.</summary>
    public static void Mask(T* dy, T* y, T* masked, int count)
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector
                .AndNot(Vector.Load(dy + i), Vector.LessThanOrEqual(Vector.Load(y + i), Vector<T>.Zero))
                .Store(masked + i);
        }

        for (; i < count; i++)
        {
            masked[i] = y[i] <= T.Zero ? T.Zero : dy[i];
        }
    }

    /// <summary><see cref="Mask"/> with y computed anew from x, as <see cref="ScaleRelu"/> computed it.</summary>
    public static void MaskAnew(T* dy, T* x, T* masked, int count, T center, T scale, T shift)
    {
        Vector<T> m = Vector.Create(center),
            s = Vector.Create(scale),
            t = Vector.Create(shift);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> y = ((Vector.Load(x + i) - m) * s) + t;
            Vector.AndNot(Vector.Load(dy + i), Vector.LessThanOrEqual(y, Vector<T>.Zero)).Store(masked + i);
        }

        for (; i < count; i++)
        {
            masked[i] = ((x[i] - center) * scale) + shift <= T.Zero ? T.Zero : dy[i];
        }
    }

    /// <summary>dx = a * dy + (x - center) * b + c. Where b is beyond the range of the type, deviations are brought near
    /// 1 first.</summary>
    /// <param name="dy">The gradient of the normalized values; may be dx.</param>
    /// <param name="x">What was normalized.</param>
    /// <param name="dx">The result.</param>
    /// <param name="count">Values.</param>
    /// <param name="center">What was subtracted.</param>
    /// <param name="inverse">1 / sqrt(variance + epsilon).</param>
    /// <param name="line">The factors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(
        T* dy,
        T* x,
        T* dx,
        int count,
        T center,
        double inverse,
        (double A, double B, double C) line
    )
    {
        T a = T.CreateTruncating(line.A),
            c = T.CreateTruncating(line.C);
        if (Fits(line.B))
        {
            Gradient(dy, x, dx, count, center, a, T.CreateTruncating(line.B), c);
        }
        else
        {
            ScaledGradient(
                dy,
                x,
                dx,
                count,
                center,
                a,
                T.CreateTruncating(inverse),
                T.CreateTruncating(line.B / inverse),
                c
            );
        }
    }

    /// <summary>Whether a factor of deviations is well within the range of the type.</summary>
    public static bool Fits(double b) => typeof(T) != typeof(float) || Math.Abs(b) is (> 1e-30 and < 1e30) or 0.0;

    /// <summary>dx = a * dy + (x - center) * b + c, for a b that fits.</summary>
    public static void Gradient(T* dy, T* x, T* dx, int count, T center, T a, T b, T c)
    {
        Vector<T> m = Vector.Create(center),
            va = Vector.Create(a),
            vb = Vector.Create(b),
            vc = Vector.Create(c);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            ((Vector.Load(dy + i) * va) + (((Vector.Load(x + i) - m) * vb) + vc)).Store(dx + i);
        }

        for (; i < count; i++)
        {
            dx[i] = (dy[i] * a) + (((x[i] - center) * b) + c);
        }
    }

    /// <summary>dx = a * dy + (x - center) * inverse * b + c.</summary>
    public static void ScaledGradient(T* dy, T* x, T* dx, int count, T center, T a, T inverse, T b, T c)
    {
        for (int i = 0; i < count; i++)
        {
            dx[i] = (dy[i] * a) + (((x[i] - center) * inverse * b) + c);
        }
    }

    private static Vector<T> Relu(Vector<T> value) =>
        Vector.AndNot(value, Vector.LessThanOrEqual(value, Vector<T>.Zero));
}
