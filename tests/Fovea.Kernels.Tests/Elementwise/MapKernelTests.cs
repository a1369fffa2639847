using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>The functions of compiled networks at every vector width, against double precision, the eager functions,
/// and themselves elsewhere in a run.</summary>
public sealed unsafe class MapKernelTests
{
    private const double MostError = 1e-6;
    private const int Stride = 1021; // prime: all exponents, all low bits

    private static readonly int[] Widths =
    [
        .. new[] { 512, 256, 128 }.Where(bits => bits < 512 || Avx512F.IsSupported),
    ];

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["Sigmoid"] = Case.Of<SigmoidFunction>(x => 1 / (1 + Math.Exp(-x)), -87.33f),
        ["SiLU"] = Case.Of<SiluFunction>(x => x / (1 + Math.Exp(-x)), -87.33f),
        ["Tanh"] = Case.Of<TanhFunction>(Math.Tanh),
        ["GELU"] = Case.Of<GeluFunction>(
            x => x / 2 * ErrorFunction.Erfc(new Vector<double>(-x / Math.Sqrt(2)))[0],
            -13.1f,
            0.25
        ),
        ["GELU, tanh"] = Case.Of<GeluTanhFunction>(
            x => x / (1 + Math.Exp(-Math.Sqrt(8 / Math.PI) * (x + (0.044715 * x * x * x)))),
            -9.99f,
            0.25
        ),
        ["Hardsigmoid"] = Case.Of<HardsigmoidFunction>(x => Math.Clamp(x + 3, 0, 6) / 6),
        ["Hardswish"] = Case.Of<HardswishFunction>(x => x * Math.Clamp(x + 3, 0, 6) / 6),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Map_FiniteFloatsOfAllSizes_IsCloseToTheExactFunction(string name)
    {
        float[] x = [.. AllSizes().Where(float.IsFinite)];
        foreach (int bits in Widths)
        {
            float[] y = Run(Cases[name].Map(bits), x);
            (double worst, float at) = (0, 0);
            for (int i = 0; i < x.Length; i++)
            {
                double error = Cases[name].Error(x[i], y[i]);
                (worst, at) = error <= worst ? (worst, at) : (error, x[i]); // NaN, too, is the worst
            }

            Assert.True(
                worst <= MostError,
                $"{name}, {bits} bits: relative error {worst:E1} at {at:R}, {Cases[name].Exact(at):R} expected"
            );
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Map_NotANumberInfinitiesAndZeros_GivesWhatTheEagerFunctionGivesOrTheLimit(string name)
    {
        float[] x = new float[16];
        (x[0], x[1], x[2], x[3], x[4]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f);
        float[] expected = Run(Cases[name].Eager, x);
        foreach (int bits in Widths)
        {
            float[] y = Run(Cases[name].Map(bits), x);
            for (int i = 0; i < 5; i++)
            {
                bool limit = float.IsNaN(expected[i]) && x[i] < Cases[name].Tail && Cases[name].Error(x[i], y[i]) == 0;
                Assert.True(
                    expected[i].Equals(y[i]) || limit,
                    $"{name}({x[i]}), {bits} bits: {expected[i]} eagerly, {y[i]} mapped"
                );
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Map_AnyOffsetAndLengthInPlaceOrNot_GivesEveryElementTheSameBitsAndStaysInBounds(string name)
    {
        Rng rng = new(20260211);
        float[] x = [.. Enumerable.Range(0, 1024).Select(_ => rng.NextSingle() * 30 - 15)];
        foreach (int bits in Widths)
        {
            ElementMap map = Cases[name].Map(bits);
            float[] expected = [.. x.Select(v => Run(map, [.. Enumerable.Repeat(v, 16)])[0])];
            for (int count = 0; count <= 336; count += count < 96 ? 16 : 48)
            {
                int from = rng.Next(x.Length - count);
                string what = $"{name}, {bits} bits, {count} elements from {from}";
                using NativeBuffer buffer = new(x[from..(from + count)]),
                    y = new(count + 1);
                map(buffer.Pointer, y.Pointer + 1, count);
                map(buffer.Pointer, buffer.Pointer, count);
                Assert.True(
                    y.GuardsAreIntact() && buffer.GuardsAreIntact() && float.IsNaN(y.Pointer[0]),
                    $"{what}: wrote beside its results"
                );
                BlockedData.AssertSame(what, expected[from..(from + count)], y.ToArray()[1..]);
                BlockedData.AssertSame($"{what}, in place", expected[from..(from + count)], buffer.ToArray());
            }
        }
    }

    /// <summary>One float in <see cref="Stride"/> of all there are, NaN and infinities included, filled up to whole
    /// vectors.</summary>
    private static IEnumerable<float> AllSizes()
    {
        for (long bits = 0; bits < 1L << 32; bits += Stride)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
        }
    }

    private static float[] Run(ElementMap map, float[] x)
    {
        float[] padded = new float[(x.Length + 15) / 16 * 16];
        x.CopyTo(padded, 0);
        fixed (float* p = padded)
        {
            map(p, p, padded.Length);
        }

        return padded[..x.Length];
    }

    /// <summary>A function and its definition.</summary>
    /// <param name="Exact">The definition.</param>
    /// <param name="Tail">Below, exp(-x) leaves the normal numbers, and any result between that of here and 0 is
    /// right.</param>
    /// <param name="Growth">The relative error may grow with 1 + Growth x²: that of an exponential grows with the
    /// argument, which is rounded.</param>
    /// <param name="Map">The map at a vector width.</param>
    /// <param name="Eager">What eager execution computes.</param>
    private sealed record Case(
        Func<double, double> Exact,
        float Tail,
        double Growth,
        Func<int, ElementMap> Map,
        ElementMap Eager
    )
    {
        public static Case Of<TFunction>(
            Func<double, double> exact,
            float tail = float.NegativeInfinity,
            double growth = 0
        )
            where TFunction : struct, IUnaryFunction, IMapped =>
            new(
                exact,
                tail,
                growth,
                default(TFunction).Map,
                (x, y, count) => UnaryKernel<float, TFunction>.Run(default, x, y, count)
            );

        /// <summary>Relative error, its growth taken off; what the spacing of the subnormal numbers causes does not
        /// count.</summary>
        public double Error(float x, float y)
        {
            double expected = Exact(x),
                start = Exact(Tail);
            if (x < Tail)
            {
                expected = Math.Clamp(y, Math.Min(start, 0), Math.Max(start, 0));
            }

            double error = Math.Abs(y - expected);
            return error <= float.Epsilon ? 0 : error / Math.Abs(expected) / (1 + (Growth * x * x));
        }
    }
}
