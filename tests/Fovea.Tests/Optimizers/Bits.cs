namespace Fovea.Tests;

/// <summary>Compares long runs of numbers to the bit, quickly.</summary>
internal static class Bits
{
    public static void AssertSame(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.True(
            expected.Length == actual.Length,
            $"{what}: expected {expected.Length} values, got {actual.Length}"
        );
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(expected[i]) != BitConverter.DoubleToInt64Bits(actual[i]))
            {
                Assert.Fail($"{what}: value {i} of {expected.Length}: expected {expected[i]:R}, got {actual[i]:R}");
            }
        }
    }
}
