using Fovea.Kernels;

namespace Fovea.Peers;

/// <summary>How fast Fovea must be beside ONNX Runtime: least ratios of medians, ONNX Runtime / Fovea.</summary>
internal static class Bars
{
    private static readonly Dictionary<string, (double Avx2, double Avx512)> Images = new()
    {
        ["vgg16"] = (2.0, 1.9),
        ["resnet18"] = (1.5, 1.5),
        ["resnet50"] = (1.15, 1.2),
        ["mobilenet_v2"] = (1.2, 1.3),
        ["efficientnet_b0"] = (1.2, 1.5),
        ["mobilenet_v3_small"] = (1.3, 1.4),
    };

    private static readonly (double Avx2, double Avx512) AnyImages = (1.0, 1.0),
        Series = (1.2, 1.3);

    /// <summary>The bar of a row at this process's width of vectors; null where there is none.</summary>
    /// <remarks>Networks of images have one at any batch where they are named and at batch 1 where not; resnet_ts and
    /// inception_time have one at batch 16 of 1x1024.</remarks>
    public static double? Of(Case row)
    {
        (double Avx2, double Avx512)? bar = row switch
        {
            { Item.Rank: 3 } when Images.TryGetValue(row.Network, out (double, double) named) => named,
            { Item.Rank: 3, Batch: 1 } => AnyImages,
            { Network: "resnet_ts" or "inception_time", Batch: 16, Item.Rank: 2 } when row.Item[1] == 1024 => Series,
            _ => null,
        };
        return CpuTier.Bits == 512 ? bar?.Avx512 : bar?.Avx2;
    }
}
