namespace Fovea.Models;

/// <summary>A small network for small images: five 3x3 convolutions with batch normalization, two max pools, global
/// average, linear.</summary>
/// <remarks>
/// Channels w, 2w | 3w, 3w | 4w with w = 16: 68,026 parameters and about 12 million multiply-adds for a 1x28x28 image
/// and 10 classes.
/// Filters start from He's rule by fan out (He et al. 2015), the classifier from the layer default.
/// </remarks>
public sealed class SmallCnn : Module
{
    private readonly Sequential _features;
    private readonly Linear _head;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the images, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Channels of the first layer, 1 or more.</param>
    /// <param name="dims">Spatial axes, 1 to 3.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public SmallCnn(int channels, int classes, int width = 16, int dims = 2)
    {
        SpatialLayers layers = new(dims);
        _features = new Sequential([
            .. Block(layers, channels, width),
            .. Block(layers, width, 2 * width),
            layers.MaxPool(2),
            .. Block(layers, 2 * width, 3 * width),
            .. Block(layers, 3 * width, 3 * width),
            layers.MaxPool(2),
            .. Block(layers, 3 * width, 4 * width),
            new GlobalAvgPool(flatten: true),
        ]);
        _head = new Linear(4 * width, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "small_cnn",
                "five 3x3 convolutions, 68 K parameters, for images of about 16 to 64 pixels",
                [3, 32, 32],
                10,
                ["width", "dims"],
                r => new SmallCnn(r.Channels, r.Classes, r.Scaled(16), r.Dims),
                _ => new Recipe(10, 64, 0.1, "sgd,momentum=0.9,nesterov,decay=5e-4", "onecycle", null)
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, H, W], or with one or three spatial axes, sizes 4 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _head.Forward(_features.Forward(x));

    private static Module[] Block(SpatialLayers layers, int inChannels, int outChannels) =>
        [
            layers.Conv(inChannels, outChannels, 3, padding: 1, weights: new KaimingNormal(FanMode.FanOut)),
            layers.BatchNormRelu(outChannels),
        ];
}
