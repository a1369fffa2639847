using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Images 1 x 8 x 8 with a bright corner that says the class, and noise; small enough for dozens of runs a
/// second.</summary>
internal sealed class CornerImages(int count, ulong seed) : IDataset
{
    public string Name => "corners";

    public int Count => count;

    public Shape ItemShape => [1, 8, 8];

    public IReadOnlyList<string> Classes { get; } = ["top left", "top right", "bottom left"];

    public int Label(int index) => index % 3;

    public void Read(int index, Span<float> destination)
    {
        Rng rng = new Rng(seed).Split((ulong)index);
        int top = Label(index) == 2 ? 4 : 0,
            left = Label(index) == 1 ? 4 : 0;
        for (int i = 0; i < 64; i++)
        {
            bool bright = (i / 8) >= top && (i / 8) < top + 4 && (i % 8) >= left && (i % 8) < left + 4;
            destination[i] = (bright ? 0.6f : 0.2f) + (0.4f * rng.NextSingle());
        }
    }

    public static DataSource Source(int train = 36, int test = 12) =>
        new("corners", "generated", new CornerImages(train, 1), new CornerImages(test, 2));
}

/// <summary>A convolution, batch normalization, dropout, a linear layer: one of each kind of state.</summary>
internal sealed class TinyNet : Module
{
    private readonly Conv2d _conv = new(1, 4, 3, padding: 1);
    private readonly BatchNorm2d _norm = new(4);
    private readonly MaxPool2d _pool = new(4);
    private readonly Dropout _dropout = new(0.2);
    private readonly Linear _head = new(16, 3);

    public override Tensor Forward(Tensor x) =>
        _head.Forward(
            _dropout.Forward(_pool.Forward(_norm.Forward(_conv.Forward(x)).Relu()).Reshape([x.Shape[0], 16]))
        );

    public static Module Create(ulong seed = 5) => new TinyNet().Initialize(seed);
}

/// <summary>Stops training after an update, as Ctrl-C does, and notes what it hears.</summary>
internal sealed class StopAfter(long update) : TrainingObserver, IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private long _updates;

    public CancellationToken Token => _source.Token;

    public List<string> Notices { get; } = [];

    public List<Metrics> Epochs { get; } = [];

    public override void GradientsReady(Module model, long update_) => _updates = update_ + 1;

    public override void Notice(string text) => Notices.Add(text);

    public override void EpochEnded(Metrics metrics, bool isBest) => Epochs.Add(metrics);

    public override void Progressed(TrainingProgress progress)
    {
        if (_updates >= update)
        {
            _source.Cancel();
        }
    }

    public void Dispose() => _source.Dispose();
}
