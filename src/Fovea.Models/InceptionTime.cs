namespace Fovea.Models;

/// <summary>InceptionTime for series: six modules of convolutions 40, 20 and 10 wide beside a max pool, a shortcut over
/// every third, global average, linear. One network, not the ensemble of five.</summary>
/// <remarks>
/// 420,192 + 129 classes parameters for one channel. Weights start from Glorot's uniform rule, the classifier's bias
/// from zero, as the authors' code (Keras) does.
/// Ismail Fawaz et al. 2020, https://arxiv.org/abs/1909.04939; code https://github.com/hfawaz/InceptionTime.
/// </remarks>
public sealed class InceptionTime : Module
{
    private readonly List<InceptionModule> _blocks = [];
    private readonly List<Sequential> _shortcuts = [];
    private readonly GlobalAvgPool _pool = new(flatten: true);
    private readonly Linear _head;

    /// <summary>Builds the network.</summary>
    /// <param name="channels">Channels of the series, 1 or more.</param>
    /// <param name="classes">Number of classes, 1 or more.</param>
    /// <param name="width">Channels of each of a module's four branches and of its bottleneck, 1 or more.</param>
    /// <param name="depth">Modules, 1 or more; behind every third a shortcut is added.</param>
    /// <exception cref="ArgumentException">A number is less than 1.</exception>
    public InceptionTime(int channels, int classes, int width = 32, int depth = 6)
    {
        if (depth < 1)
        {
            throw new ArgumentException($"InceptionTime: depth must be 1 or more, got {depth}.", nameof(depth));
        }

        int last = channels,
            skipped = channels;
        for (int i = 0; i < depth; i++)
        {
            _blocks.Add(new InceptionModule(last, width));
            last = 4 * width;
            if (i % 3 == 2)
            {
                _shortcuts.Add(new Sequential(Filters(skipped, last, 1), new BatchNorm1d(last)));
                skipped = last;
            }
        }

        _head = SeriesResNet.Classifier(last, classes);
    }

    internal static IEnumerable<ModelEntry> Entries =>
        [
            // The authors: batch 64, 1500 epochs, the same optimizer and schedule.
            new(
                "inception_time",
                "InceptionTime for series (Ismail Fawaz et al. 2020), 420 K parameters; depth=6 modules",
                [1, 1024],
                2,
                ["width", "depth"],
                r => new InceptionTime(r.Channels, r.Classes, r.Scaled(32), r.Arguments.Integer("depth", 6)),
                SeriesResNet.UsualTraining
            ),
        ];

    /// <summary>Computes class scores.</summary>
    /// <param name="x">[N, channels, L].</param>
    /// <returns>[N, classes].</returns>
    public override Tensor Forward(Tensor x)
    {
        Tensor h = x,
            skipped = x;
        for (int i = 0; i < _blocks.Count; i++)
        {
            h = _blocks[i].Forward(h);
            if (i % 3 == 2)
            {
                h = skipped = (h + _shortcuts[i / 3].Forward(skipped)).Relu();
            }
        }

        return _head.Forward(_pool.Forward(h));
    }

    private static Conv1d Filters(int inChannels, int outChannels, int kernel)
    {
        Conv1d convolution = new(inChannels, outChannels, kernel, padding: Padding.Same, bias: false);
        convolution.Weight.Initializer = new XavierUniform();
        return convolution;
    }

    /// <summary>Four branches: three convolutions behind a common bottleneck, which a single channel does not need, and
    /// a max pool with a 1-wide convolution.</summary>
    private sealed class InceptionModule(int inChannels, int width) : Module
    {
        private readonly Conv1d? _bottleneck = inChannels > 1 ? Filters(inChannels, width, 1) : null;
        private readonly Conv1d _conv40 = Filters(inChannels > 1 ? width : inChannels, width, 40);
        private readonly Conv1d _conv20 = Filters(inChannels > 1 ? width : inChannels, width, 20);
        private readonly Conv1d _conv10 = Filters(inChannels > 1 ? width : inChannels, width, 10);
        private readonly MaxPool1d _pool = new(3, 1, 1);
        private readonly Conv1d _pooled = Filters(inChannels, width, 1);
        private readonly BatchNorm1d _bn = new(4 * width);

        public override Tensor Forward(Tensor x)
        {
            Tensor h = _bottleneck?.Forward(x) ?? x;
            return _bn.Forward(
                    Tensor.Concat([
                        _conv40.Forward(h),
                        _conv20.Forward(h),
                        _conv10.Forward(h),
                        _pooled.Forward(_pool.Forward(x)),
                    ])
                )
                .Relu();
        }
    }
}
