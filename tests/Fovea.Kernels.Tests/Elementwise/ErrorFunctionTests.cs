using System.Numerics;

namespace Fovea.Kernels.Tests;

public sealed class ErrorFunctionTests
{
    // Expected values computed to 30 digits with mpmath 1.3.
    [Theory]
    [InlineData(-6.5, -1.0, 2.0)]
    [InlineData(-3.0, -0.99997790950300141, 1.9999779095030014)]
    [InlineData(-1.5, -0.96610514647531073, 1.9661051464753107)]
    [InlineData(-1.0, -0.84270079294971487, 1.8427007929497149)]
    [InlineData(-0.75, -0.71115563365351513, 1.7111556336535151)]
    [InlineData(-1e-08, -1.1283791670955126e-8, 1.0000000112837917)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(0.1, 0.1124629160182849, 0.8875370839817151)]
    [InlineData(0.5, 0.52049987781304654, 0.47950012218695346)]
    [InlineData(0.999, 0.84228527020649694, 0.15771472979350306)]
    [InlineData(1.0, 0.84270079294971487, 0.15729920705028513)]
    [InlineData(1.25, 0.92290012825645823, 0.07709987174354177)]
    [InlineData(2.0, 0.99532226501895273, 0.0046777349810472658)]
    [InlineData(3.7, 0.99999983284894209, 1.6715105790914598e-7)]
    [InlineData(5.5, 0.99999999999999264, 7.3578479179743981e-15)]
    [InlineData(9.0, 1.0, 4.1370317465138102e-37)]
    public void Erf_KnownPoints_MatchInDoubleAndFloat(double x, double erf, double erfc)
    {
        Assert.InRange(ErrorFunction.Erf(new Vector<double>(x))[0] - erf, -1e-15, 1e-15);
        Assert.InRange(ErrorFunction.Erfc(new Vector<double>(x))[0] - erfc, -1e-15, 1e-15);
        Assert.InRange(ErrorFunction.Erfc(new Vector<double>(x))[0] / erfc, 1 - 2e-14, 1 + 2e-14);
        Assert.InRange(ErrorFunction.Erf(new Vector<float>((float)x))[0] - erf, -3e-7, 3e-7);
        Assert.InRange(ErrorFunction.Erfc(new Vector<float>((float)x))[0] - erfc, -3e-7, 3e-7);
    }

    [Fact]
    public void Erf_AcrossTheJointsOfItsPieces_IsOddContinuousAndRises()
    {
        double last = -1.0;
        for (double x = -6.0; x <= 6.0; x += 1.0 / 512)
        {
            double y = ErrorFunction.Erf(new Vector<double>(x))[0];
            Assert.Equal(-y, ErrorFunction.Erf(new Vector<double>(-x))[0]);
            Assert.True(y >= last && y - last < 0.0023, $"x={x}: {last:R} then {y:R}");
            last = y;
        }
    }

    [Fact]
    public void Erf_NonFinite_GivesLimitsAndKeepsNaN()
    {
        Assert.Equal(1.0, ErrorFunction.Erf(new Vector<double>(double.PositiveInfinity))[0]);
        Assert.Equal(-1.0f, ErrorFunction.Erf(new Vector<float>(float.NegativeInfinity))[0]);
        Assert.InRange(ErrorFunction.Erfc(new Vector<double>(double.PositiveInfinity))[0], 0.0, 1e-300);
        Assert.True(double.IsNaN(ErrorFunction.Erf(new Vector<double>(double.NaN))[0]));
    }
}
