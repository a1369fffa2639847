namespace Fovea.Models;

/// <summary>The networks of Simonyan and Zisserman 2015: stacks of 3x3 convolutions between max pools, then three fully
/// connected layers; with batch normalization or without.</summary>
/// <remarks>
/// <para>Laid out and named as in torchvision. With <c>stem=small</c>, for images of 28 to 64 pixels, one linear layer
/// on the global average takes the place of the three,
/// as is usual for CIFAR-10, and pools keep a last, partial window, so that 28 pixels suffice; the convolutions stay.
/// VGG-16 with normalization and 10 classes
/// then has 14,728,266 parameters.</para>
/// <para>With <c>variant=slim</c> as in TF-Slim: the same convolutions, then the fully connected layers as
/// convolutions, 7x7 without padding and 1x1 twice;
/// of an input above 224 pixels the score maps are averaged.</para>
/// <para>Filters start from He's normal rule by fan out, matrices from a normal rule of deviation 0.01, biases at 0.
/// https://arxiv.org/abs/1409.1556.</para>
/// </remarks>
public sealed class Vgg : Module
{
    private const int HeadSide = 7;
    private const int HeadChannels = 4096;

    private static readonly int[] StageChannels = [64, 128, 256, 512, 512];
    private static readonly KaimingNormal FilterRule = new(FanMode.FanOut);
    private static readonly Normal MatrixRule = new(0, 0.01);

    private readonly Sequential _features;
    private readonly Module _avgpool;
    private readonly Sequential _classifier;

    private Vgg(ModelRequest request, int[] convolutions, bool normalized)
    {
        SpatialLayers layers = new(request.Dims);
        bool slim = request.Arguments.Choice("variant", "torchvision", "slim") == "slim";
        if (slim && request.SmallStem)
        {
            throw new ArgumentException(
                $"Model '{request.Arguments.Name}': variant=slim is for images of 224 pixels or more, stem=small for small ones; give one of them."
            );
        }

        _features = Features(layers, request, convolutions, normalized);
        int features = request.Scaled(StageChannels[^1]);
        _avgpool =
            slim ? new Identity()
            : request.SmallStem ? new GlobalAvgPool(flatten: true)
            : new Sequential(layers.AdaptiveAvgPool(HeadSide), new Flatten());
        _classifier =
            slim ? SlimClassifier(layers, request, features)
            : request.SmallStem ? new Sequential(Matrix(features, request.Classes))
            : Classifier(request, features * layers.Positions(HeadSide));
    }

    internal static IEnumerable<ModelEntry> Entries =>
        new (int Depth, int[] Convolutions)[]
        {
            (11, [1, 1, 2, 2, 2]),
            (13, [2, 2, 2, 2, 2]),
            (16, [2, 2, 3, 3, 3]),
            (19, [2, 2, 4, 4, 4]),
        }.SelectMany(plan =>
            new[]
            {
                Entry(plan.Depth, plan.Convolutions, normalized: false),
                Entry(plan.Depth, plan.Convolutions, normalized: true),
            }
        );

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, spatial...], spatial sizes 32 or more, with <c>stem=small</c> 1 or more, with
    /// <c>variant=slim</c> 224 or more.</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _classifier.Forward(_avgpool.Forward(_features.Forward(x)));

    /// <summary>Section 3.1 of the paper, with the learning rate falling by a cosine, which fits any number of epochs,
    /// in place of by tens.</summary>
    private static ModelEntry Entry(int depth, int[] convolutions, bool normalized) =>
        new(
            normalized ? $"vgg{depth}_bn" : $"vgg{depth}",
            $"{depth - 3} convolutions of 3x3 and three fully connected layers{(normalized ? ", batch normalization" : "")}",
            [3, 224, 224],
            1000,
            ["width", "dropout", "stem", "dims", "variant"],
            r => new Vgg(r, convolutions, normalized),
            _ => new Recipe(74, 256, normalized ? 0.1 : 0.01, "sgd,momentum=0.9,decay=5e-4", "cosine")
        );

    private static Sequential Features(SpatialLayers layers, ModelRequest request, int[] convolutions, bool normalized)
    {
        Sequential features = [];
        int channels = request.Channels;
        for (int stage = 0; stage < convolutions.Length; stage++)
        {
            int width = request.Scaled(StageChannels[stage]);
            for (int i = 0; i < convolutions[stage]; i++)
            {
                features.Add(layers.Conv(channels, width, 3, padding: 1, bias: true, weights: FilterRule));
                if (normalized)
                {
                    features.Add(layers.BatchNorm(width));
                }

                features.Add(new ReLU());
                channels = width;
            }

            features.Add(layers.MaxPool(2, ceilMode: request.SmallStem));
        }

        return features;
    }

    private static Sequential Classifier(ModelRequest request, int features)
    {
        int hidden = request.Scaled(HeadChannels);
        double dropout = request.Dropout(0.5);
        return new Sequential(
            Matrix(features, hidden),
            new ReLU(),
            new Dropout(dropout),
            Matrix(hidden, hidden),
            new ReLU(),
            new Dropout(dropout),
            Matrix(hidden, request.Classes)
        );
    }

    /// <summary>The fully connected layers as convolutions.</summary>
    private static Sequential SlimClassifier(SpatialLayers layers, ModelRequest request, int features)
    {
        int hidden = request.Scaled(HeadChannels);
        double dropout = request.Dropout(0.5);
        return new Sequential(
            layers.Conv(features, hidden, HeadSide, bias: true, weights: MatrixRule),
            new ReLU(),
            new Dropout(dropout),
            layers.Conv(hidden, hidden, 1, bias: true, weights: MatrixRule),
            new ReLU(),
            new Dropout(dropout),
            layers.Conv(hidden, request.Classes, 1, bias: true, weights: MatrixRule),
            new GlobalAvgPool(flatten: true)
        );
    }

    private static Linear Matrix(int inFeatures, int outFeatures)
    {
        Linear linear = new(inFeatures, outFeatures);
        linear.Weight.Initializer = MatrixRule;
        linear.Bias!.Initializer = new Constant(0);
        return linear;
    }
}
