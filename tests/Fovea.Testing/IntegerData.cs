namespace Fovea.Testing;

/// <summary>Small whole numbers by rule: sums of their products are exact in float, so paths can be compared bit for
/// bit.</summary>
public static class IntegerData
{
    /// <summary>x[i] = (7i + 3) mod 11 - 5.</summary>
    public static float[] X(long count) => Rule(count, 7, 3, 11, 5);

    /// <summary>w[i] = (5i + 1) mod 7 - 3.</summary>
    public static float[] W(long count) => Rule(count, 5, 1, 7, 3);

    /// <summary>b[i] = i mod 5 - 2.</summary>
    public static float[] B(long count) => Rule(count, 1, 0, 5, 2);

    /// <summary>dy[i] = (3i + 2) mod 9 - 4.</summary>
    public static float[] Dy(long count) => Rule(count, 3, 2, 9, 4);

    private static float[] Rule(long count, long factor, long offset, long modulus, long shift)
    {
        float[] values = new float[count];
        for (long i = 0; i < count; i++)
        {
            values[i] = (((factor * i) + offset) % modulus) - shift;
        }

        return values;
    }
}
