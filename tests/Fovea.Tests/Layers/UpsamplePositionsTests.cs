namespace Fovea.Tests;

/// <summary>Which positions up-sampling reads, against whole-number arithmetic.</summary>
public sealed class UpsamplePositionsTests
{
    private const int Largest = 130;

    [Fact]
    public void Forward_NearestToAnySize_ReadsTheFloorOfPositionTimesInOverOut()
    {
        for (int size = 1; size <= Largest; size++)
        {
            Tensor x = Tensor.Arange(size).Reshape(1, 1, size);
            for (int outputs = 1; outputs <= 3 * Largest; outputs++)
            {
                float[] y = Upsample.ToSize(outputs).Forward(x).ToArray();
                AssertPositions($"{size} to {outputs}", y, o => (long)o * size / outputs);
            }
        }
    }

    [Theory]
    [InlineData(3, 147, 49, 1)]
    [InlineData(224, 640, 340, 119)]
    [InlineData(32, 98, 49, 16)]
    public void Forward_NearestLandsOnAPosition_ReadsThatOne(int size, int outputs, int position, int source)
    {
        Tensor x = Tensor.Arange(size).Reshape(1, 1, size);
        Assert.Equal(source, Upsample.ToSize(outputs).Forward(x).ToArray()[position]);
        Assert.Equal(source, new Upsample((double)outputs / size).Forward(x).ToArray()[position]);
        Assert.Equal(source, Upsample.ToSize(outputs).Compile([1, size]).Run(x).ToArray()[position]);
        Assert.Equal(source, new Upsample((double)outputs / size).Compile([1, size]).Run(x).ToArray()[position]);
    }

    [Fact]
    public void Forward_NearestByAWholeScale_RepeatsEveryValue()
    {
        for (int scale = 1; scale <= 300; scale++)
        {
            float[] y = new Upsample(scale).Forward(Tensor.Arange(7).Reshape(1, 1, 7)).ToArray();
            Assert.Equal(7 * scale, y.Length);
            AssertPositions($"scale {scale}", y, o => o / scale);
        }
    }

    [Fact]
    public void Forward_ByAScaleOfHundredths_HasTheExactSizeAndPositions()
    {
        for (int hundredths = 30; hundredths <= 500; hundredths++)
        {
            Upsample layer = new(hundredths / 100.0);
            for (int size = 4; size <= 100; size++)
            {
                float[] y = layer.Forward(Tensor.Arange(size).Reshape(1, 1, size)).ToArray();
                string name = $"{size} by {hundredths} hundredths";
                Assert.True(y.Length == size * hundredths / 100, $"{name}: {y.Length} values");
                AssertPositions(name, y, o => (long)o * 100 / hundredths);
            }
        }
    }

    [Fact]
    public void Backward_NearestToAnySize_CountsTheReadersOfEveryPosition()
    {
        for (int size = 1; size <= Largest; size += 3)
        {
            for (int outputs = 1; outputs <= 3 * Largest; outputs += 2)
            {
                float[] expected = new float[size];
                for (int o = 0; o < outputs; o++)
                {
                    expected[(long)o * size / outputs]++;
                }

                Tensor x = Tensor.Zeros([1, 1, size]);
                x.RequiresGrad = true;
                Upsample.ToSize(outputs).Forward(x).Sum().Backward();
                float[] actual = x.Grad!.ToArray();
                int wrong = expected.AsSpan().CommonPrefixLength(actual);
                Assert.True(
                    wrong == size,
                    $"{size} to {outputs}: position {wrong} has {(wrong < size ? actual[wrong] : 0)} readers"
                );
            }
        }
    }

    [Fact]
    public void ReadsOf_AnySizes_AreTheWholeNumberPositions()
    {
        for (int size = 1; size <= Largest; size += 3)
        {
            for (int outputs = 1; outputs <= 3 * Largest; outputs++)
            {
                AssertReads(UpsampleMode.Nearest, false, size, outputs, o => (long)o * size, outputs);
                AssertReads(
                    UpsampleMode.Linear,
                    false,
                    size,
                    outputs,
                    o => Math.Max(0, (((2L * o) + 1) * size) - outputs),
                    2 * outputs
                );
                AssertReads(
                    UpsampleMode.Linear,
                    true,
                    size,
                    outputs,
                    o => outputs == 1 ? 0 : (long)o * (size - 1),
                    Math.Max(1, outputs - 1)
                );
            }
        }
    }

    [Fact]
    public void Forward_LinearByASlope_GivesTheExactPositions()
    {
        for (int size = 2; size <= Largest; size += 2)
        {
            Tensor x = Tensor.Arange(size, DType.Float64).Reshape(1, 1, size);
            for (int outputs = 2; outputs <= 3 * Largest; outputs++)
            {
                double[] centres = Upsample.ToSize(outputs, UpsampleMode.Linear).Forward(x).ToArray<double>(),
                    corners = Upsample.ToSize(outputs, UpsampleMode.Linear, true).Forward(x).ToArray<double>();
                for (int o = 0; o < outputs; o++)
                {
                    double centre = (double)((((2L * o) + 1) * size) - outputs) / (2 * outputs),
                        corner = (double)((long)o * (size - 1)) / (outputs - 1);
                    AssertNear(size, outputs, o, Math.Clamp(centre, 0, size - 1), centres[o]);
                    AssertNear(size, outputs, o, corner, corners[o]);
                }
            }
        }
    }

    private static void AssertNear(int size, int outputs, int position, double expected, double actual)
    {
        if (expected == Math.Floor(expected) ? actual != expected : Math.Abs(actual - expected) >= 1e-12)
        {
            Assert.Fail($"{size} to {outputs}: position {position} reads at {actual:R}, not {expected:R}");
        }
    }

    private static void AssertPositions(string name, float[] values, Func<int, long> source)
    {
        for (int o = 0; o < values.Length; o++)
        {
            if (values[o] != source(o))
            {
                Assert.Fail($"{name}: position {o} reads {values[o]}, not {source(o)}");
            }
        }
    }

    /// <summary>Positions numerator / denominator: nearest reads the floor; linear that and the next, where it does not
    /// land on the floor and there is a next.</summary>
    private static void AssertReads(
        UpsampleMode mode,
        bool corners,
        int size,
        int outputs,
        Func<int, long> numerator,
        int denominator
    )
    {
        UpsampleOperator op = new(mode, null, outputs, corners);
        AxisMap map = op.ReadsOf(
            new OperatorShapes(
                [
                    [1, 1, size],
                ],
                [1, 1, outputs]
            ),
            0,
            2
        )!.Value.Map;
        for (int o = 0; o < outputs; o++)
        {
            int first = (int)(numerator(o) / denominator);
            bool both = mode == UpsampleMode.Linear && numerator(o) % denominator != 0 && first + 1 < size;
            int[] actual = [.. map.Taps(o)];
            if (actual.Length != (both ? 2 : 1) || actual[0] != first || actual[^1] != (both ? first + 1 : first))
            {
                Assert.Fail(
                    $"{mode}, corners {corners}, {size} to {outputs}: position {o} reads {string.Join(", ", actual)}"
                );
            }
        }
    }
}
