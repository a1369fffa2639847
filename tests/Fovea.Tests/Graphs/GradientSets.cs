namespace Fovea.Tests;

/// <summary>Which input positions have a gradient: what a network reads in truth. Each output position has an item of
/// the batch to itself, so that one backward pass tells for all.</summary>
internal static class GradientSets
{
    private const int Chunk = 24;

    /// <summary>The sets of output positions, one flag an input position.</summary>
    /// <param name="network">A network in double precision, nothing in which cancels.</param>
    /// <param name="item">Shape of an item.</param>
    /// <param name="rng">Draws the input.</param>
    /// <param name="parts">For each set the output positions of one channel whose gradients are taken together.</param>
    public static IEnumerable<bool[]> Of(Module network, Shape item, Rng rng, IReadOnlyList<int[]> parts)
    {
        for (int first = 0; first < parts.Count; first += Chunk)
        {
            int[][] chunk = [.. parts.Skip(first).Take(Chunk)];
            Tensor x = Tensor.Uniform(Shape.Create([chunk.Length, .. item.Sizes]), 0.5, 1.5, rng, DType.Float64);
            x.RequiresGrad = true;
            Tensor y = network.Forward(x);
            y.Backward(Tensor.From(Seed(y.Shape, chunk), y.Shape));
            double[] gradient = x.Grad!.ToArray<double>();
            int plane = (int)(item.Count / item[0]);
            for (int i = 0; i < chunk.Length; i++)
            {
                bool[] set = new bool[plane];
                for (int at = 0; at < item.Count; at++)
                {
                    set[at % plane] |= gradient[(i * item.Count) + at] != 0.0;
                }

                yield return set;
            }
        }
    }

    private static double[] Seed(Shape output, int[][] parts)
    {
        double[] seed = new double[output.Count];
        long item = output.Count / output[0],
            plane = item / output[1];
        for (int i = 0; i < parts.Length; i++)
        {
            foreach (int position in parts[i])
            {
                for (int c = 0; c < output[1]; c++)
                {
                    seed[(i * item) + (c * plane) + position] = 1.0;
                }
            }
        }

        return seed;
    }
}
