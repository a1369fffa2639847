using Fovea.Workbench;

namespace Fovea.AotSample;

/// <summary>A user's own base class with a part of its own.</summary>
internal abstract class WithStem : Module
{
    private readonly Conv2d _stem = new(1, 8, kernelSize: 3, stride: 2, padding: 1);

    protected Tensor Stem(Tensor x) => _stem.Forward(x);
}

/// <summary>A user's own network: parts in fields, in a base class, in a list, behind a property, under another name, and
/// one that is captured by a constructor. Nothing else names them.</summary>
internal sealed class SmallNet(Module last) : WithStem
{
    private readonly BatchNorm2d _norm = new(8);
    private readonly List<Module> _blocks = [new Block(8), new Block(8)];
    private readonly ReLU _relu = new();

    public override Tensor Forward(Tensor x)
    {
        Tensor y = _relu.Forward(_norm.Forward(Stem(x)));
        foreach (Module block in _blocks)
        {
            y = block.Forward(y);
        }

        return last.Forward(y);
    }

    private sealed class Block(int channels) : Module
    {
        private readonly Dropout _dropout = new(0.1);

        [NamedAs("conv")]
        private Conv2d Convolution { get; } = new(channels, channels, kernelSize: 3, padding: Padding.Same);

        public override Tensor Forward(Tensor x) => x + _dropout.Forward(Convolution.Forward(x).Relu());
    }
}

/// <summary>Stops a run after some updates, as Ctrl-C would.</summary>
internal sealed class StopAfter(long updates, CancellationTokenSource stop) : TrainingObserver
{
    public override void GradientsReady(Module model, long update)
    {
        if (update >= updates)
        {
            stop.Cancel();
        }
    }
}
