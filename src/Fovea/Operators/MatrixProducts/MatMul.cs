using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The matrix product over the last two axes, [..., m, k] with [..., k, n]; leading axes broadcast.</summary>
/// <param name="transposeA">Whether the matrices of the first input are given as [k, m].</param>
/// <param name="transposeB">Whether the matrices of the second input are given as [n, k].</param>
internal sealed class MatMul(bool transposeA = false, bool transposeB = false) : Operator
{
    // From this many matrices on, each is one job for a worker; below, the workers share in each product.
    private const int ManyMatrices = 8;

    /// <inheritdoc/>
    public override MatMulAttributes Attributes { get; } = new(transposeA, transposeB);

    /// <inheritdoc/>
    public override string Name => "MatMul";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        Shape a = inputs[0],
            b = inputs[1];
        if (a.Rank < 2 || b.Rank < 2)
        {
            throw new ShapeException(
                $"{Subject}: both tensors need at least two axes, got {a} and {b}. Use Unsqueeze to make a vector a row or column."
            );
        }

        (int m, int k) = transposeA ? (a[-1], a[-2]) : (a[-2], a[-1]);
        (int rows, int n) = transposeB ? (b[-1], b[-2]) : (b[-2], b[-1]);
        if (k != rows)
        {
            throw new ShapeException(
                $"{Subject}: columns of the first must equal rows of the second, got {k} and {rows}. {a} with {b}. Transpose one?"
            );
        }

        Shape batch =
            Shape.Broadcast(Batch(a), Batch(b))
            ?? throw new ShapeException(
                $"{Subject}: leading axes must agree (sizes equal, or one of them 1), got {a} and {b}."
            );
        return Shape.Create([.. batch.Sizes, m, n]);
    }

    /// <inheritdoc/>
    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => ProductReads.Of(needs);

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor a = call.Inputs[0],
            b = call.Inputs[1],
            c = Tensor.Uninitialized(call.OutputShape, a.DType);
        if (a.DType == DType.Float64)
        {
            Run<double>(a, transposeA, b, transposeB, c);
        }
        else
        {
            Run<float>(a, transposeA, b, transposeB, c);
        }

        return c;
    }

    /// <summary>With C = A B: dA = dC Bᵀ and dB = Aᵀ dC, each transposed again where its input is given so.</summary>
    /// <param name="call">The call.</param>
    protected override void Differentiate(GradientCall call)
    {
        Tensor dc = call.Gradient();
        if (call.Needs(0))
        {
            Tensor b = call.Input(1);
            Tensor da = transposeA ? Product(transposeB, true).Apply(b, dc) : Product(false, !transposeB).Apply(dc, b);
            call.Give(0, SumTo(da, call.InputShape(0)));
        }

        if (call.Needs(1))
        {
            Tensor a = call.Input(0);
            Tensor db = transposeB ? Product(true, transposeA).Apply(dc, a) : Product(!transposeA, false).Apply(a, dc);
            call.Give(1, SumTo(db, call.InputShape(1)));
        }
    }

    private MatMul Product(bool first, bool second) => new(first, second) { Owner = Owner };

    /// <summary>A product summed over the leading axes along which a smaller shape was repeated.</summary>
    private static Tensor SumTo(Tensor product, Shape shape)
    {
        int leading = product.Rank - shape.Rank;
        int[] axes =
        [
            .. Enumerable
                .Range(0, product.Rank)
                .Where(i => i < leading || (shape[i - leading] == 1 && product.Shape[i] != 1)),
        ];
        if (axes.Length == 0)
        {
            return product;
        }

        Tensor sum = product.Sum(axes, keepDims: axes[^1] >= leading);
        return sum.Rank == shape.Rank ? sum : sum.Squeeze([.. Enumerable.Range(0, leading)]);
    }

    private static Shape Batch(Shape shape) => Shape.Create(shape.Sizes[..^2]);

    private static unsafe void Run<T>(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* pa = a.Pointer<T>(),
            pb = b.Pointer<T>(),
            pc = c.Pointer<T>();
        int m = c.Shape[-2],
            n = c.Shape[-1],
            k = transposeA ? a.Shape[-2] : a.Shape[-1];
        Shape batch = Batch(c.Shape);
        int[] fromA = Repeats(Batch(a.Shape), batch),
            fromB = Repeats(Batch(b.Shape), batch);
        void One(int i) =>
            MatrixProduct.Multiply(
                transposeA,
                transposeB,
                m,
                n,
                k,
                pa + (fromA[i] * (long)m * k),
                pb + (fromB[i] * (long)k * n),
                pc + (i * (long)m * n)
            );
        if (fromA.Length >= ManyMatrices)
        {
            WorkerPool.For(fromA.Length, One);
        }
        else
        {
            for (int i = 0; i < fromA.Length; i++)
            {
                One(i);
            }
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }

    /// <summary>For each matrix of the result the number of the operand's matrix that is used there.</summary>
    private static int[] Repeats(Shape own, Shape batch)
    {
        int[] source = new int[checked((int)batch.Count)];
        for (int i = 0; i < source.Length; i++)
        {
            int rest = i,
                index = 0,
                step = 1;
            for (int axis = 1; axis <= batch.Rank; axis++)
            {
                int position = rest % batch.Sizes[^axis],
                    size = axis <= own.Rank ? own.Sizes[^axis] : 1;
                rest /= batch.Sizes[^axis];
                index += size == 1 ? 0 : position * step;
                step *= size;
            }

            source[i] = index;
        }

        return source;
    }

    /// <inheritdoc/>
    public override OperatorCost Cost(OperatorShapes shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return new OperatorCost(checked(shapes.Output.Count * shapes.Inputs[0][transposeA ? -2 : -1]));
    }
}

/// <summary>How the matrices of a product are given.</summary>
/// <param name="TransposeFirst">Those of the first input as [k, m].</param>
/// <param name="TransposeSecond">Those of the second input as [n, k].</param>
internal sealed record MatMulAttributes(bool TransposeFirst = false, bool TransposeSecond = false) : OperatorAttributes;
