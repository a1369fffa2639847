using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Attributes;
using Fovea.Kernels;

namespace Fovea.Benchmarks.Kernels;

/// <summary>The functions of elements over 1024 floats in the first cache, on one thread: as compiled networks apply them,
/// at every vector width and in runs of 64 floats and of 1024, beside the eager kernel.</summary>
public unsafe class MapBenchmarks
{
    private const int Floats = 1024;
    private float* _memory;
    private ElementMap _map = null!;

    /// <summary>The functions.</summary>
    public static IEnumerable<string> Functions =>
        ["Sigmoid", "SiLU", "Tanh", "GELU", "GELU, tanh", "Hardsigmoid", "Hardswish"];

    /// <summary>The kernels: the eager one, and bits of a vector.</summary>
    public static IEnumerable<string> Kernels =>
        Avx512F.IsSupported ? ["eager", "512", "256", "128"] : ["eager", "256", "128"];

    /// <summary>The function of this run.</summary>
    [ParamsSource(nameof(Functions))]
    public string Function { get; set; } = "";

    /// <summary>The kernel of this run.</summary>
    [ParamsSource(nameof(Kernels))]
    public string Kernel { get; set; } = "";

    /// <summary>Floats of a call.</summary>
    [Params(64, Floats)]
    public int Run { get; set; }

    /// <summary>Takes memory and looks up the kernel.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _memory = (float*)NativeMemory.AlignedAlloc(2 * Floats * sizeof(float), 64);
        for (int i = 0; i < Floats; i++)
        {
            _memory[i] = MathF.Sin(i) * 5f;
        }

        _map = Function switch
        {
            "Sigmoid" => Of<SigmoidFunction>(),
            "SiLU" => Of<SiluFunction>(),
            "Tanh" => Of<TanhFunction>(),
            "GELU" => Of<GeluFunction>(),
            "GELU, tanh" => Of<GeluTanhFunction>(),
            "Hardsigmoid" => Of<HardsigmoidFunction>(),
            _ => Of<HardswishFunction>(),
        };
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void Cleanup() => NativeMemory.AlignedFree(_memory);

    /// <summary>1024 floats.</summary>
    [Benchmark]
    public void Map()
    {
        for (int at = 0; at < Floats; at += Run)
        {
            _map(_memory + at, _memory + Floats + at, Run);
        }
    }

    private ElementMap Of<TFunction>()
        where TFunction : struct, IUnaryFunction, IMapped =>
        int.TryParse(Kernel, out int bits)
            ? default(TFunction).Map(bits)
            : (x, y, count) => UnaryKernel<float, TFunction>.Run(default, x, y, count);
}
