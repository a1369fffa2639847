namespace Fovea.Tests;

/// <summary>Two convolutions and a sum, written as the field writes it.</summary>
internal sealed class TracedBlock(int channels) : Module
{
    private readonly Conv2d _conv1 = new(channels, channels, 3, padding: 1, bias: false);
    private readonly BatchNorm2d _bn1 = new(channels);
    private readonly Conv2d _conv2 = new(channels, channels, 3, padding: 1);

    public override Tensor Forward(Tensor x) => (_conv2.Forward(_bn1.Forward(_conv1.Forward(x)).Relu()) + x).Relu();
}

/// <summary>A residual network with a branch that it computes and drops.</summary>
internal sealed class TracedResNet : Module
{
    private readonly Conv2d _conv1 = new(3, 8, 3, stride: 2, padding: 1);
    private readonly Conv2d _unused = new(3, 2, 1);
    private readonly Sequential _layer1 = new(new TracedBlock(8), new TracedBlock(8));
    private readonly Dropout _dropout = new(0.3);
    private readonly GlobalAvgPool _pool = new(flatten: true);
    private readonly Linear _fc = new(8, 10);

    public override Tensor Forward(Tensor x)
    {
        _ = _unused.Forward(x).Relu();
        return _fc.Forward(_dropout.Forward(_pool.Forward(_layer1.Forward(_conv1.Forward(x)))));
    }
}

/// <summary>A network that is one function.</summary>
internal sealed class TracedFunction(Func<Tensor, Tensor> function, params Module[] parts) : Module
{
    private readonly Module[] _parts = parts;

    public override Tensor Forward(Tensor x) => function(x);

    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _parts.Select((p, i) => ($"part{i}", (object)p));
}
