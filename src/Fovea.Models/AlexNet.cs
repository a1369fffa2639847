namespace Fovea.Models;

/// <summary>The network of Krizhevsky, in the form for one device (2014): five convolutions, three max pools, three
/// fully connected layers.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision. With <c>stem=small</c>, for images of 28 to 64 pixels, the first
/// convolution is 3x3 with stride 1 and one linear layer
/// on the global average takes the place of the three; the three pools stay.</para>
/// <para>With <c>variant=slim</c> as <c>alexnet_v2</c> of TF-Slim: no padding in the first convolution, 384 channels in
/// the fourth, and the fully connected layers
/// as convolutions, 5x5 without padding and 1x1 twice; of an input that is too large for one position the score maps
/// are averaged.</para>
/// <para>Weights start from the layer default. Krizhevsky: One weird trick for parallelizing convolutional neural
/// networks, https://arxiv.org/abs/1404.5997.</para>
/// </remarks>
public sealed class AlexNet : Module
{
    private const int HeadSide = 6;
    private const int SlimHeadSide = 5;
    private const int HeadChannels = 4096;

    private static readonly int[] Channels = [64, 192, 384, 256, 256];
    private static readonly int[] SlimChannels = [64, 192, 384, 384, 256];

    private readonly Sequential _features;
    private readonly Module _avgpool;
    private readonly Sequential _classifier;

    private AlexNet(ModelRequest request)
    {
        SpatialLayers layers = new(request.Dims);
        bool slim = request.Arguments.Choice("variant", "torchvision", "slim") == "slim";
        if (slim && request.SmallStem)
        {
            throw new ArgumentException(
                $"Model '{request.Arguments.Name}': variant=slim is for images of 224 pixels, stem=small for small ones; give one of them."
            );
        }

        _features = Features(layers, request, slim);
        int features = request.Scaled(256);
        _avgpool =
            slim ? new Identity()
            : request.SmallStem ? new GlobalAvgPool(flatten: true)
            : new Sequential(layers.AdaptiveAvgPool(HeadSide), new Flatten());
        _classifier =
            slim ? SlimClassifier(layers, request, features)
            : request.SmallStem ? new Sequential(new Linear(features, request.Classes))
            : Classifier(request, features * layers.Positions(HeadSide));
    }

    /// <summary>The training of the paper of 2012, with the learning rate falling by a cosine, which fits any number of
    /// epochs, in place of by tens.</summary>
    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "alexnet",
                "five convolutions and three fully connected layers",
                [3, 224, 224],
                1000,
                ["width", "dropout", "stem", "dims", "variant"],
                r => new AlexNet(r),
                _ => new Recipe(90, 128, 0.01, "sgd,momentum=0.9,decay=5e-4", "cosine")
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...], spatial sizes 63 or more, with <c>stem=small</c> 15 or more, with
    /// <c>variant=slim</c> 195 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    private static Sequential Features(SpatialLayers layers, ModelRequest request, bool slim)
    {
        int[] c = Array.ConvertAll(slim ? SlimChannels : Channels, request.Scaled);
        return new Sequential(
            request.SmallStem
                ? layers.Conv(request.Channels, c[0], 3, padding: 1, bias: true)
                : layers.Conv(request.Channels, c[0], 11, stride: 4, padding: slim ? 0 : 2, bias: true),
            new ReLU(),
            layers.MaxPool(3, stride: 2),
            layers.Conv(c[0], c[1], 5, padding: 2, bias: true),
            new ReLU(),
            layers.MaxPool(3, stride: 2),
            layers.Conv(c[1], c[2], 3, padding: 1, bias: true),
            new ReLU(),
            layers.Conv(c[2], c[3], 3, padding: 1, bias: true),
            new ReLU(),
            layers.Conv(c[3], c[4], 3, padding: 1, bias: true),
            new ReLU(),
            layers.MaxPool(3, stride: 2)
        );
    }

    private static Sequential Classifier(ModelRequest request, int features)
    {
        int hidden = request.Scaled(HeadChannels);
        double dropout = request.Dropout(0.5);
        return new Sequential(
            new Dropout(dropout),
            new Linear(features, hidden),
            new ReLU(),
            new Dropout(dropout),
            new Linear(hidden, hidden),
            new ReLU(),
            new Linear(hidden, request.Classes)
        );
    }

    /// <summary>The fully connected layers as convolutions.</summary>
    private static Sequential SlimClassifier(SpatialLayers layers, ModelRequest request, int features)
    {
        int hidden = request.Scaled(HeadChannels);
        double dropout = request.Dropout(0.5);
        return new Sequential(
            layers.Conv(features, hidden, SlimHeadSide, bias: true),
            new ReLU(),
            new Dropout(dropout),
            layers.Conv(hidden, hidden, 1, bias: true),
            new ReLU(),
            new Dropout(dropout),
            layers.Conv(hidden, request.Classes, 1, bias: true),
            new GlobalAvgPool(flatten: true)
        );
    }
}
