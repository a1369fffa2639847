namespace Fovea.Models;

/// <summary>The fully convolutional network for series of Wang, Yan, Oates 2017: convolutions 128x8, 256x5, 128x3 with
/// batch normalization, global average, linear.</summary>
/// <remarks>264,704 + 129 classes parameters for one channel. Weights start from Glorot's uniform rule and zero biases,
/// as the authors' code (Keras) does. https://arxiv.org/abs/1611.06455.</remarks>
public sealed class SeriesFcn : Module
{
    private readonly Sequential _features;
    private readonly Linear _head;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the series, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    public SeriesFcn(int channels, int classes)
    {
        _features = new Sequential([
            .. Block(channels, 128, 8),
            .. Block(128, 256, 5),
            .. Block(256, 128, 3),
            new GlobalAvgPool(flatten: true),
        ]);
        _head = SeriesResNet.Classifier(128, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "fcn",
                "fully convolutional network for series (Wang et al. 2017), 265 K parameters",
                [1, 1024],
                2,
                [],
                r => new SeriesFcn(r.Channels, r.Classes),
                SeriesResNet.UsualTraining
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, L].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) => _head.Forward(_features.Forward(x));

    private static Module[] Block(int inChannels, int outChannels, int kernel) =>
        [SeriesResNet.Filters(inChannels, outChannels, kernel), new BatchNorm1d(outChannels), new ReLU()];
}
