using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>What can be learned of one square in a noisy image: its place, what else is there, or each pixel.</summary>
internal sealed record TargetKind(
    string Network,
    Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> Loss,
    Func<Scene, Tensor> Target,
    Metric[] Metrics,
    double Bar
)
{
    private const string Place = "input 1x8x8; conv 8 3 padding=1; relu; maxpool 2; flatten; linear 2";
    private const string Lines =
        "input 1x8x8; conv 12 3 padding=1; relu; maxpool 2; flatten; linear 24; relu; linear 3";
    private const string Pixels = "input 1x8x8; conv 12 3 padding=1; relu; conv 12 3 padding=1; relu; conv 2 1";

    public static TargetKind Of(string name) =>
        name switch
        {
            "regression" => new(
                Place,
                (o, t) => new MeanSquaredError().Forward(o[0], t[0]),
                s => Tensor.From([(float)s.Row, s.Column], [2]) / 8.0,
                [new CoefficientOfDetermination(), new MeanAbsoluteError(), new RootMeanSquaredError()],
                0.9
            ),
            "multi-label" => new(
                Lines,
                (o, t) => new BinaryCrossEntropyWithLogits().Forward(o[0], t[0]),
                s => Tensor.From([s.HasTop ? 1f : 0f, s.HasLeft ? 1f : 0f, s.Row > 3 ? 1f : 0f], [3]),
                [new F1(), new BinaryAccuracy(), new F1(LabelAverage.Micro) { Name = "F1 micro" }],
                0.9
            ),
            "pixels" => Segmentation(new CrossEntropy { IgnoredLabel = 255 }),
            _ => Segmentation(new Dice { IgnoredLabel = 255 }),
        };

    public Module Create(ulong seed) => NetworkText.ParseAll(Network).Initialize(seed);

    public SampleSource Data() => new("scenes", new Scenes(256, 1, Target), new Scenes(64, 2, Target));

    private static TargetKind Segmentation(Loss loss) =>
        new(
            Pixels,
            (o, t) => loss.Forward(o[0], t[0]),
            s => s.Labels(),
            [new MeanIntersectionOverUnion { IgnoredLabel = 255 }, new PixelAccuracy { IgnoredLabel = 255 }],
            0.85
        );

    private sealed class Scenes(int count, ulong seed, Func<Scene, Tensor> target) : ISampleSet
    {
        public string Name => "scenes";

        public int Count => count;

        public Sample Read(int index)
        {
            Scene scene = new(new Rng(seed).Split((ulong)index));
            return new Sample([scene.Image()], [target(scene)]);
        }
    }
}

/// <summary>An image [1, 8, 8] with a square of 3 x 3, and perhaps a line along its top or left edge.</summary>
internal sealed class Scene(Rng rng)
{
    private const int Size = 8;

    public int Row { get; } = 1 + rng.Next(5);

    public int Column { get; } = 1 + rng.Next(5);

    public bool HasTop { get; } = rng.Next(2) == 1;

    public bool HasLeft { get; } = rng.Next(2) == 1;

    public Tensor Image() =>
        Tensor.Create<float>(
            [1, Size, Size],
            pixels =>
            {
                for (int i = 0; i < pixels.Length; i++)
                {
                    bool bright = IsInside(i) || IsLine(i);
                    pixels[i] = (bright ? 1f : 0f) + (0.3f * (rng.NextSingle() - 0.5f));
                }
            }
        );

    /// <summary>1 inside the square, 0 outside, 255 on its lower edge and on lines.</summary>
    public Tensor Labels() =>
        Tensor.From(
            [
                .. Enumerable
                    .Range(0, Size * Size)
                    .Select(i =>
                        IsUnsure(i) ? 255L
                        : IsInside(i) ? 1L
                        : 0L
                    ),
            ],
            [Size, Size]
        );

    private bool IsUnsure(int i) => IsLine(i) || (IsInside(i) && i / Size == Row + 2);

    private bool IsLine(int i) => (HasTop && i / Size == 0) || (HasLeft && i % Size == 0);

    private bool IsInside(int i) =>
        i / Size >= Row && i / Size < Row + 3 && i % Size >= Column && i % Size < Column + 3;
}
