using System.Numerics;
using Fovea.Kernels;

namespace Fovea;

/// <summary>The matrix product over the last two axes, [..., m, k] with [..., k, n]; leading axes broadcast.</summary>
internal sealed class MatMul : Operator
{
    // From this many matrices on, each is one job for a worker; below, the workers share in each product.
    private const int ManyMatrices = 8;

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

        if (a[-1] != b[-2])
        {
            throw new ShapeException(
                $"{Subject}: columns of the first must equal rows of the second, got {a[-1]} and {b[-2]}. {a} with {b}. Transpose one?"
            );
        }

        Shape batch =
            Shape.Broadcast(Batch(a), Batch(b))
            ?? throw new ShapeException(
                $"{Subject}: leading axes must agree (sizes equal, or one of them 1), got {a} and {b}."
            );
        return Shape.Create([.. batch.Sizes, a[-2], b[-1]]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(OperatorCall call)
    {
        Tensor a = call.Inputs[0],
            b = call.Inputs[1];
        call.Save(a, b);
        return Multiply(a, false, b, false, Batch(call.OutputShape));
    }

    /// <inheritdoc/>
    protected override void Backward(OperatorCall call, Tensor gradient)
    {
        Tensor a = call.Saved[0],
            b = call.Saved[1];
        Shape batch = Batch(call.OutputShape);
        if (call.Needs(0))
        {
            call.Accumulate(0, Broadcasting.SumTo(Multiply(gradient, false, b, true, batch), a.Shape));
        }

        if (call.Needs(1))
        {
            call.Accumulate(1, Broadcasting.SumTo(Multiply(a, true, gradient, false, batch), b.Shape));
        }
    }

    private static Shape Batch(Shape shape) => Shape.Create(shape.Sizes[..^2]);

    private static Tensor Multiply(Tensor a, bool transposeA, Tensor b, bool transposeB, Shape batch)
    {
        int m = transposeA ? a.Shape[-1] : a.Shape[-2],
            n = transposeB ? b.Shape[-2] : b.Shape[-1];
        Tensor c = Tensor.Uninitialized(Shape.Create([.. batch.Sizes, m, n]), a.DType);
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
        return new OperatorCost(checked(shapes.Output.Count * shapes.Inputs[0][-1]));
    }
}
