namespace Fovea.Models;

/// <summary>Makes pools and up-sampling from options.</summary>
internal static class PoolWords
{
    // A pool keeps a table of what its windows read. Text from anywhere must not be able to ask for all memory.
    private const int MostTaps = 1 << 26;

    public static Module Sliding(string word, OptionReader o, Shape x)
    {
        int rank = LayerWords.SpatialRank(x);
        SlidingPoolAttributes a = LayerWords.Read<SlidingPoolAttributes>(word, o, x);
        bool isSound = a.Kernel.All(k => k > 0) && a.Dilation.All(d => d > 0) && a.Stride.All(s => s > 0);
        for (int axis = 0; axis < rank && isSound; axis++)
        {
            int kernel = a.Kernel.At(axis, rank);
            (long before, long after) = a.Padding.Resolve(
                axis,
                rank,
                x[2 + axis],
                kernel,
                a.Stride.At(axis, rank),
                a.Dilation.At(axis, rank)
            );
            if ((Int128)(x[2 + axis] + before + after) * kernel > MostTaps)
            {
                throw o.Wrong("kernel", $"so small that it times the padded size is at most {MostTaps:N0}");
            }
        }

        return OperatorCatalog.Find(word)!.MakeLayer(a);
    }

    public static Module Adaptive(string word, OptionReader o, Shape x)
    {
        _ = LayerWords.SpatialRank(x);
        AdaptivePoolAttributes a = LayerWords.Read<AdaptivePoolAttributes>(word, o, x);
        return a.Size.All(s => s <= MostTaps)
            ? OperatorCatalog.Find(word)!.MakeLayer(a)
            : throw o.Wrong("size", $"at most {MostTaps:N0}");
    }

    public static Module Upsample(OptionReader o, Shape x)
    {
        _ = LayerWords.SpatialRank(x);
        return OperatorCatalog.Find("upsample")!.MakeLayer(LayerWords.Read<UpsampleAttributes>("upsample", o, x));
    }
}
