namespace Fovea.Interop.Onnx;

/// <summary>The runs of elements along an axis.</summary>
internal static class AxisRuns
{
    /// <summary>The positions of each run, in the order of the elements without the axis.</summary>
    public static IEnumerable<int[]> Of(Shape shape, int axis)
    {
        int inner = 1;
        for (int i = axis + 1; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        int size = shape[axis],
            outer = 1;
        for (int i = 0; i < axis; i++)
        {
            outer *= shape[i];
        }

        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                int[] run = new int[size];
                for (int k = 0; k < size; k++)
                {
                    run[k] = (((o * size) + k) * inner) + i;
                }

                yield return run;
            }
        }
    }
}
