using BenchmarkDotNet.Attributes;

namespace Fovea.Benchmarks.Kernels;

/// <summary>Operators on elements and sums as programs call them, without gradients: time, and how many bytes of managed
/// memory a call leaves behind. The values themselves are rented from the pool, which is not managed memory.</summary>
public class OperatorBenchmarks
{
    private Tensor _x = null!,
        _y = null!;

    /// <summary>Columns; there are 64 rows.</summary>
    [Params(16, 1024, 16384)]
    public int Columns { get; set; }

    /// <summary>Fills two matrices.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _x = Tensor.Uniform([64, Columns], rng: new Rng(1));
        _y = Tensor.Uniform([64, Columns], rng: new Rng(2));
    }

    /// <summary>x + y.</summary>
    [Benchmark]
    public Tensor Add()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x + _y;
    }

    /// <summary>max(x, 0).</summary>
    [Benchmark]
    public Tensor Relu()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Relu();
    }

    /// <summary>e^x.</summary>
    [Benchmark]
    public Tensor Exp()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Exp();
    }

    /// <summary>Of all elements.</summary>
    [Benchmark]
    public Tensor Sum()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Sum();
    }

    /// <summary>Of each row.</summary>
    [Benchmark]
    public Tensor SumOfRows()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Sum([1]);
    }

    /// <summary>Of each column.</summary>
    [Benchmark]
    public Tensor SumOfColumns()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Sum([0]);
    }

    /// <summary>Of each row.</summary>
    [Benchmark]
    public Tensor Softmax()
    {
        using NoGrad scope = NoGrad.Enter();
        return _x.Softmax(1);
    }
}
