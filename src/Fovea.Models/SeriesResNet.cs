namespace Fovea.Models;

/// <summary>The residual network for series of Wang, Yan, Oates 2017: three blocks of convolutions 8, 5, 3 wide with
/// 64, 128, 128 channels, global average, linear.</summary>
/// <remarks>
/// 504,000 + 129 classes parameters for one channel. Shortcuts are 1-wide convolutions with batch normalization, in the
/// last block the normalization
/// alone. Weights start from Glorot's uniform rule and zero biases, as the authors' code (Keras) does.
/// https://arxiv.org/abs/1611.06455.
/// </remarks>
public sealed class SeriesResNet : Module
{
    private readonly Block _block1;
    private readonly Block _block2;
    private readonly Block _block3;
    private readonly GlobalAvgPool _pool = new(flatten: true);
    private readonly Linear _head;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the series, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    public SeriesResNet(int channels, int classes)
    {
        _block1 = new Block(channels, 64);
        _block2 = new Block(64, 128);
        _block3 = new Block(128, 128);
        _head = Classifier(128, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            new(
                "resnet_ts",
                "residual network for series (Wang et al. 2017), 504 K parameters",
                [1, 1024],
                2,
                [],
                r => new SeriesResNet(r.Channels, r.Classes),
                UsualTraining
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, L].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x) =>
        _head.Forward(_pool.Forward(_block3.Forward(_block2.Forward(_block1.Forward(x)))));

    /// <summary>The usual training of networks for the UCR archive: Adam, the rate halved when the training loss
    /// stalls.</summary>
    internal static Recipe UsualTraining(int trainItems) =>
        new(500, Math.Clamp(trainItems / 10, 4, 64), 1e-3, "adam", "plateau,factor=0.5,patience=50,min=0.1");

    internal static Conv1d Filters(int inChannels, int outChannels, int kernel)
    {
        Conv1d convolution = new(inChannels, outChannels, kernel, padding: Padding.Same);
        convolution.Weight.Initializer = new XavierUniform();
        convolution.Bias!.Initializer = new Constant(0);
        return convolution;
    }

    internal static Linear Classifier(int features, int classes)
    {
        Linear linear = new(features, classes);
        linear.Weight.Initializer = new XavierUniform();
        linear.Bias!.Initializer = new Constant(0);
        return linear;
    }

    /// <summary>Three convolutions and a shortcut.</summary>
    private sealed class Block(int inChannels, int outChannels) : Module
    {
        private readonly Conv1d _conv1 = Filters(inChannels, outChannels, 8);
        private readonly BatchNorm1d _bn1 = new(outChannels);
        private readonly Conv1d _conv2 = Filters(outChannels, outChannels, 5);
        private readonly BatchNorm1d _bn2 = new(outChannels);
        private readonly Conv1d _conv3 = Filters(outChannels, outChannels, 3);
        private readonly BatchNorm1d _bn3 = new(outChannels);
        private readonly Sequential _shortcut =
            inChannels == outChannels
                ? new Sequential(new BatchNorm1d(outChannels))
                : new Sequential(Filters(inChannels, outChannels, 1), new BatchNorm1d(outChannels));

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _bn1.Forward(_conv1.Forward(x)).Relu();
            h = _bn2.Forward(_conv2.Forward(h)).Relu();
            return (_bn3.Forward(_conv3.Forward(h)) + _shortcut.Forward(x)).Relu();
        }
    }
}
