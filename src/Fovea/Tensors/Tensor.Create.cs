using System.Numerics;

namespace Fovea;

public partial class Tensor
{
    private static long _unnamedCalls;

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32) => Full(shape, 0.0, dtype);

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Ones(Shape shape, DType dtype = DType.Float32) => Full(shape, 1.0, dtype);

    /// <summary>A tensor with every element the same.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The value, converted to the element type.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.Float32)
    {
        Tensor result = Uninitialized(shape, dtype);
        result.Fill(value);
        return result;
    }

    /// <summary>A tensor of given elements, last axis fastest.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="values">As many values as the shape has elements; copied.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ShapeException">The number of values is not that of the shape.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (values.Length != shape.Count)
        {
            throw new ShapeException(
                $"Tensor.From: the number of values must be that of the shape, got {values.Length} values for {shape}, which has {shape.Count} elements."
            );
        }

        Tensor result = Uninitialized(shape, DTypeOf<T>());
        result.Write(values);
        return result;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape shape)
        where T : unmanaged => From<T>((ReadOnlySpan<T>)values, shape);

    /// <summary>A matrix of the elements of a two-dimensional array.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="values">Rows and columns; copied.</param>
    public static Tensor From<T>(T[,] values)
        where T : unmanaged => FromArray<T>(values);

    /// <summary>A tensor of the elements of a three-dimensional array.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="values">The elements; copied.</param>
    public static Tensor From<T>(T[,,] values)
        where T : unmanaged => FromArray<T>(values);

    /// <summary>A tensor of the elements of a four-dimensional array, such as images [N, C, H, W].</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="values">The elements; copied.</param>
    public static Tensor From<T>(T[,,,] values)
        where T : unmanaged => FromArray<T>(values);

    /// <summary>A tensor whose elements a function writes, last axis fastest, into the tensor's own memory.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="shape">The sizes, of 2^31 - 1 elements at most.</param>
    /// <param name="write">Writes every element; they are arbitrary before.</param>
    /// <exception cref="InvalidOperationException">There are more elements.</exception>
    public static unsafe Tensor Create<T>(Shape shape, Action<Span<T>> write)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(write);
        Tensor result = Uninitialized(shape, DTypeOf<T>());
        write(new Span<T>(result.Pointer<T>(), result.SpanCount()));
        GC.KeepAlive(result);
        return result;
    }

    /// <summary>A scalar: shape [].</summary>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Scalar(double value, DType dtype = DType.Float32) => Full([], value, dtype);

    /// <summary>0, 1, ... as a tensor [<paramref name="count"/>].</summary>
    /// <param name="count">0 or more.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Arange(int count, DType dtype = DType.Float32) =>
        dtype == DType.Int64 ? From<long>([.. Enumerable.Range(0, count).Select(i => (long)i)], [count])
        : dtype == DType.Float64 ? From<double>([.. Enumerable.Range(0, count).Select(i => (double)i)], [count])
        : From<float>([.. Enumerable.Range(0, count).Select(i => (float)i)], [count]);

    /// <summary>Numbers in equal steps from the first to the last, both included, as a tensor
    /// [<paramref name="count"/>].</summary>
    /// <param name="first">The first number.</param>
    /// <param name="last">The last number.</param>
    /// <param name="count">0 or more; one number is the first.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 0.</exception>
    public static Tensor Linspace(double first, double last, int count, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            // From both ends, so that the last is exact and the steps are symmetric.
            values[i] =
                i < count / 2 || count == 1
                    ? first + ((last - first) / Math.Max(1, count - 1) * i)
                    : last - ((last - first) / (count - 1) * (count - 1 - i));
        }

        return From(values, [count]).To(dtype);
    }

    /// <summary>The identity matrix [<paramref name="size"/>, <paramref name="size"/>].</summary>
    /// <param name="size">0 or more.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Eye(int size, DType dtype = DType.Float32)
    {
        Tensor numbers = Arange(size, DType.Int64);
        return numbers.Unsqueeze(1).EqualTo(numbers).To(dtype);
    }

    /// <summary>Normally distributed elements.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation, 0 or more.</param>
    /// <param name="rng">Where the numbers come from. Left out: a stream of its own for each call, the first call of a
    /// process taking the first, so no two calls give the same numbers, and a program that makes its calls in the same
    /// order gives the same numbers again. Where threads make such calls, their order decides: pass a
    /// generator.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    public static Tensor Normal(
        Shape shape,
        double mean = 0.0,
        double std = 1.0,
        Rng? rng = null,
        DType dtype = DType.Float32
    )
    {
        rng ??= NextStream();
        return Generate(shape, dtype, () => mean + (std * rng.NextNormal()));
    }

    /// <summary>Elements uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    /// <param name="rng">Where the numbers come from. Left out: a stream of its own for each call, the first call of a
    /// process taking the first, so no two calls give the same numbers, and a program that makes its calls in the same
    /// order gives the same numbers again. Where threads make such calls, their order decides: pass a
    /// generator.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    public static Tensor Uniform(
        Shape shape,
        double low = 0.0,
        double high = 1.0,
        Rng? rng = null,
        DType dtype = DType.Float32
    )
    {
        rng ??= NextStream();
        return Generate(shape, dtype, () => low + ((high - low) * rng.NextDouble()));
    }

    /// <summary>The stream of the next call that names no generator.</summary>
    private static Rng NextStream() => new Rng(0).Split($"call {Interlocked.Increment(ref _unnamedCalls)}");

    /// <summary>Sets every element, in place and unrecorded.</summary>
    /// <param name="value">The value, converted to the element type.</param>
    public unsafe void Fill(double value)
    {
        int count = checked((int)Count);
        switch (DType)
        {
            case DType.Float32:
                new Span<float>(Pointer<float>(), count).Fill((float)value);
                break;
            case DType.Float64:
                new Span<double>(Pointer<double>(), count).Fill(value);
                break;
            default:
                new Span<long>(Pointer<long>(), count).Fill((long)value);
                break;
        }

        Storage.Changed();
        GC.KeepAlive(this);
    }

    /// <summary>Fills a new float or double tensor from a function called once an element, in order.</summary>
    internal static Tensor Generate(Shape shape, DType dtype, Func<double> next)
    {
        Tensor result = Uninitialized(shape, dtype);
        if (dtype == DType.Float64)
        {
            result.FillFrom<double>(next);
        }
        else if (dtype == DType.Float32)
        {
            result.FillFrom<float>(next);
        }
        else
        {
            throw new ArgumentException($"Tensor: random elements are Float32 or Float64, not {dtype}.", nameof(dtype));
        }

        return result;
    }

    private unsafe void FillFrom<T>(Func<double> next)
        where T : unmanaged, INumberBase<T>
    {
        T* p = Pointer<T>();
        long count = Count;
        for (long i = 0; i < count; i++)
        {
            p[i] = T.CreateTruncating(next());
        }

        GC.KeepAlive(this);
    }

    private static Tensor FromArray<T>(Array values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        int[] sizes = [.. Enumerable.Range(0, values.Rank).Select(values.GetLength)];
        return From<T>([.. values.Cast<T>()], Shape.Create(sizes));
    }
}
