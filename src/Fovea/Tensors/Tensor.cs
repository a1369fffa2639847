using System.Globalization;
using System.Numerics;

namespace Fovea;

/// <summary>An array of numbers with a shape, and a place in the record that <see cref="Backward"/> follows.</summary>
/// <remarks>
/// <para>Elements are contiguous, last axis fastest. Memory comes from a pool and returns to it when the tensor is no
/// longer
/// referenced; there is nothing to dispose. Operations make new tensors; only optimizers and loaders write in
/// place.</para>
/// <para>Not synchronized: several threads may read a tensor, none while another writes it.</para>
/// </remarks>
public partial class Tensor
{
    private long _offset;
    private volatile Storage? _storage;

    private protected Tensor(Storage? storage, long offset, Shape shape, DType dtype)
    {
        _storage = storage;
        _offset = offset;
        Shape = shape;
        DType = dtype;
    }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; private set; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    internal Storage Storage => _storage ?? (_storage = FirstStorage());

    /// <summary>Whether memory was taken for the elements; not yet on parameters and state that nobody read, never on
    /// tensors of a trace.</summary>
    internal bool HasStorage => _storage is not null;

    /// <summary>Whether there are values, or first ones once they are read.</summary>
    private protected virtual bool HasValues => HasStorage;

    /// <summary>A tensor without elements: it stands for one while a network is traced.</summary>
    internal static Tensor Symbolic(Shape shape, DType dtype) => new(null, 0, shape, dtype);

    /// <summary>Creates a tensor whose elements are arbitrary until written.</summary>
    internal static Tensor Uninitialized(Shape shape, DType dtype) =>
        new(new Storage(shape.Count * SizeOf(dtype)), 0, shape, dtype);

    /// <summary>Another tensor over the same elements. Reshaping, or a run of whole leading slices; not recorded for
    /// gradients.</summary>
    internal Tensor View(Shape shape, long start = 0) => new(Storage, _offset + start, shape, DType);

    /// <summary>Takes memory for elements that nobody read so far, and writes their first values.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    private protected virtual Storage FirstStorage() =>
        throw new InvalidOperationException(
            $"Tensor {GraphTracer.Text(Shape)}: there are no values, as the network is being traced. What the network does may depend on shapes, not on values; leave reading values out of Forward."
        );

    /// <summary>Takes memory for elements that are all about to be written, without first values.</summary>
    private protected virtual void TakeMemory() { }

    /// <summary>Makes this tensor stand over another's elements, of the same shape and type.</summary>
    internal virtual void Assign(Tensor other) => Adopt(other);

    /// <summary>Lets go of the elements.</summary>
    private protected void LetGo() => _storage = null;

    /// <summary>Makes this tensor stand over another's elements, of the same shape: how a module changes its element
    /// type.</summary>
    private protected void Adopt(Tensor other)
    {
        _storage = other.Storage;
        _offset = other._offset;
        DType = other.DType;
    }

    /// <summary>Bytes of an element.</summary>
    internal static int SizeOf(DType dtype) => dtype == DType.Float32 ? 4 : 8;

    internal static DType DTypeOf<T>() =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : throw new ArgumentException($"Tensor: elements are float, double or long, not {typeof(T).Name}.");

    /// <summary>Pointer to the first element; valid while this tensor is reachable: end with
    /// <see cref="GC.KeepAlive"/>, as <see cref="Operator.Apply"/> does for its inputs.</summary>
    internal unsafe T* Pointer<T>()
        where T : unmanaged => (T*)Storage.Pointer + _offset;

    private unsafe byte* Bytes => Storage.Pointer + (_offset * SizeOf(DType));

    /// <summary>The elements, to read or write in place. Writing bypasses gradient recording; backward refuses values
    /// changed after it saved them, as far as the span was asked for since.</summary>
    /// <typeparam name="T">float, double or long, as <see cref="DType"/> says.</typeparam>
    /// <exception cref="InvalidOperationException">The type is not this tensor's, or there are more than 2^31 - 1
    /// elements.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        RequireType<T>();
        Storage.Changed();
        return Storage.Expose<T>(_offset, SpanCount());
    }

    /// <summary>The elements, to read.</summary>
    /// <typeparam name="T">float, double or long, as <see cref="DType"/> says.</typeparam>
    /// <exception cref="InvalidOperationException">The type is not this tensor's, or there are more than 2^31 - 1
    /// elements.</exception>
    public ReadOnlySpan<T> AsReadOnlySpan<T>()
        where T : unmanaged
    {
        RequireType<T>();
        return Storage.Expose<T>(_offset, SpanCount());
    }

    /// <summary>A copy of the elements, converted to <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">Any number type.</typeparam>
    public unsafe T[] ToArray<T>()
        where T : unmanaged, INumberBase<T>
    {
        _ = Storage; // refuses before memory is taken for what a trace stands for
        T[] result = new T[SpanCount()];
        switch (DType)
        {
            case DType.Float32:
                Convert(Pointer<float>(), result);
                break;
            case DType.Float64:
                Convert(Pointer<double>(), result);
                break;
            default:
                Convert(Pointer<long>(), result);
                break;
        }

        GC.KeepAlive(this);
        return result;
    }

    /// <summary>A copy of the elements as floats.</summary>
    public float[] ToArray() => ToArray<float>();

    /// <summary>The one element of a tensor of one element, e.g. a loss.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public double Item() =>
        Count == 1
            ? ToArray<double>()[0]
            : throw new InvalidOperationException(
                $"Tensor.Item: needs exactly one element, got shape {Shape}. Use ToArray, or reduce with Sum or Mean first."
            );

    /// <summary>A copy converted to another element type. Gradients pass it, converted back; <see cref="Detach"/> the
    /// copy to cut it off.</summary>
    /// <param name="dtype">The new element type; floats become integers by truncation, through which no gradient
    /// passes.</param>
    public Tensor To(DType dtype) => new Cast(dtype).Apply(this);

    /// <summary>A copy, cut off from gradients.</summary>
    public Tensor Clone()
    {
        Tensor result = Uninitialized(Shape, DType);
        result.CopyFrom(this);
        return result;
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape and type, in place and
    /// unrecorded.</summary>
    /// <param name="source">Where the elements come from.</param>
    /// <exception cref="ShapeException">Shape or element type differ.</exception>
    public unsafe void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape || source.DType != DType)
        {
            throw new ShapeException(
                $"CopyFrom: source and destination must have the same shape and type, got {source.Shape} {source.DType} into {Shape} {DType}."
            );
        }

        byte* from = source.Bytes; // first: the source may be this tensor, and its first values not drawn yet
        if (!HasStorage)
        {
            TakeMemory();
        }

        long bytes = Count * SizeOf(DType);
        Buffer.MemoryCopy(from, Bytes, bytes, bytes);
        Storage.Changed();
        GC.KeepAlive(source);
        GC.KeepAlive(this);
    }

    /// <summary>Shape, type and the first elements, e.g. <c>Tensor [2, 3] Float32 {0.1, 0.2, ...}</c>.</summary>
    public override string ToString()
    {
        if (!HasValues)
        {
            return $"Tensor {Shape} {DType} without values";
        }

        Tensor head = Count <= 8 ? this : View([8]);
        string values = string.Join(
            ", ",
            head.ToArray<double>().Select(v => v.ToString("G5", CultureInfo.InvariantCulture))
        );
        return $"Tensor {Shape} {DType} {{{values}{(Count > 8 ? ", ..." : "")}}}";
    }

    /// <summary>The elements in nested brackets, a row of the last axis a line, as NumPy prints them.</summary>
    /// <param name="digits">Significant digits, 1 to 17.</param>
    /// <param name="edge">Where an axis has more than twice as many positions, only so many of each end are shown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The digits are not 1 to 17, or the edge is below 1.</exception>
    public string ToText(int digits = 5, int edge = 4) => TensorText.Of(this, digits, edge);

    /// <summary>Copies values in; the caller knows that they fit.</summary>
    internal unsafe void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        values.CopyTo(new Span<T>(Pointer<T>(), checked((int)Count)));
        Storage.Changed();
        GC.KeepAlive(this);
    }

    private static unsafe void Convert<TFrom, TTo>(TFrom* source, TTo[] destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            new ReadOnlySpan<TTo>(source, destination.Length).CopyTo(destination);
            return;
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = TTo.CreateTruncating(source[i]);
        }
    }

    private int SpanCount() =>
        Count <= Array.MaxLength
            ? (int)Count
            : throw new InvalidOperationException(
                $"Tensor: {Count:N0} elements do not fit one span or array. Read it in slices."
            );

    private void RequireType<T>()
    {
        if (DTypeOf<T>() != DType)
        {
            throw new InvalidOperationException(
                $"Tensor: the elements are {DType}, asked for as {typeof(T).Name}. Use ToArray<{typeof(T).Name}>() to convert."
            );
        }
    }
}
