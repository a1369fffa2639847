namespace Fovea.Tests;

public sealed class BackwardTests
{
    [Fact]
    public void Backward_AVeryLongChain_DoesNotRecurse()
    {
        Tensor x = Leaf(1);
        Tensor y = x;
        for (int i = 0; i < 100_000; i++)
        {
            y = y + 0.0;
        }

        y.Backward();
        Assert.Equal(1.0, x.Grad!.Item());
    }

    [Fact]
    public void Backward_TwiceWithoutRetaining_SaysHowToGoBackTwice()
    {
        Tensor x = Leaf(2);
        Tensor y = x * x;
        y.Backward();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("retainGraph: true", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_TwiceRetaining_AddsUp()
    {
        Tensor x = Leaf(3);
        Tensor y = x * x;
        y.Backward(retainGraph: true);
        y.Backward();
        Assert.Equal(12.0, x.Grad!.Item());
    }

    [Fact]
    public void Backward_SavedValueChangedInPlace_IsRefused()
    {
        Tensor x = Leaf(3);
        Tensor y = x * x;
        x.Fill(5);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("changed in place", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_UnderNoGrad_SaysThatNothingWasRecorded()
    {
        Tensor x = Leaf(3);
        Tensor y = NoGrad.Run(() => x * x);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("NoGrad", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_ManyElementsWithoutGradient_SaysWhatToDo()
    {
        Tensor x = Tensor.Ones([2]);
        x.RequiresGrad = true;
        ShapeException error = Assert.Throws<ShapeException>(() => (x * 2).Backward());
        Assert.Contains("Reduce it with Sum or Mean", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_GradientOfOneBranchUsedTwice_DoesNotLeakIntoTheOther()
    {
        Tensor a = Leaf(2),
            b = Leaf(5);
        Tensor sum = a + b;
        (sum + sum + a).Backward();
        Assert.Equal((3.0, 2.0), (a.Grad!.Item(), b.Grad!.Item()));
    }

    [Fact]
    public void Backward_Parallel_RecordsPerThread()
    {
        Parameter[] shared = [new([4], new Constant(1))];
        Exception?[] errors = new Exception?[4];
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(t => new Thread(() =>
                {
                    try
                    {
                        for (int i = 0; i < 50; i++)
                        {
                            Tensor x = Leaf(t);
                            Tensor y = (x * shared[0].Detach()).Sum();
                            y.Backward();
                            Assert.Equal(4.0, x.Grad!.Item());
                        }
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        errors[t] = e;
                    }
                })),
        ];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(errors, Assert.Null);
    }

    [Fact]
    public void Backward_ModuleConvertedAfterForward_IsRefused()
    {
        Linear layer = new(2, 2);
        Tensor y = layer.Forward(Tensor.Ones([1, 2])).Sum();
        layer.To(DType.Float64);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("changed in place", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_OperatorThatThrows_LeavesNoGradientBehind()
    {
        Tensor x = Leaf(2);
        Failing failing = new();
        Tensor y = failing.Apply(x * 1.0);
        Assert.Throws<InvalidOperationException>(() => y.Backward(retainGraph: true));
        failing.Fails = false;
        y.Backward();
        Assert.Equal(1.0, x.Grad!.Item());
    }

    [Fact]
    public void Grad_OfAnotherShapeOrType_IsRefused()
    {
        Tensor x = Leaf(2);
        Assert.Contains(
            "got [2] Float32 for [1] Float32",
            Assert.Throws<ShapeException>(() => x.Grad = Tensor.Ones([2])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ShapeException>(() => x.Grad = Tensor.Ones([1], DType.Float64));
    }

    [Fact]
    public void Accumulate_GradientOfAnotherType_IsRefused()
    {
        Tensor x = Leaf(2);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
            new Failing { Fails = false, Type = DType.Float64 }
                .Apply(x)
                .Backward()
        );
        Assert.Contains("must have its shape and type", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoGrad_DisposedTwice_DoesNotUnbalanceTheThread()
    {
        NoGrad scope = NoGrad.Enter();
        scope.Dispose();
        scope.Dispose();
        Assert.True(NoGrad.IsRecording);
        using (NoGrad.Enter())
        {
            using (NoGrad.Enter())
            {
                Assert.False(NoGrad.IsRecording);
            }

            Assert.False(NoGrad.IsRecording);
        }

        Assert.True(NoGrad.IsRecording);
    }

    private static Tensor Leaf(double value)
    {
        Tensor leaf = Tensor.Full([1], value);
        leaf.RequiresGrad = true;
        return leaf;
    }

    /// <summary>The identity, whose gradient fails on demand or has a wrong type.</summary>
    private sealed class Failing : Operator
    {
        public bool Fails { get; set; } = true;

        public DType Type { get; init; } = DType.Float32;

        public override string Name => "Failing";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call) => call.Inputs[0].Clone();

        protected override void Backward(OperatorCall call, Tensor gradient)
        {
            if (Fails)
            {
                throw new InvalidOperationException("on demand");
            }

            call.Accumulate(0, gradient.To(Type));
        }
    }
}
