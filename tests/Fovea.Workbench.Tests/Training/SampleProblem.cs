using Fovea.Data;
using Fovea.Models;

namespace Fovea.Workbench.Tests;

/// <summary>A network with its samples and its loss.</summary>
internal sealed record SampleProblem(
    Func<ulong, Module> Network,
    SampleSource Data,
    Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> Loss
)
{
    private const string Siamese = """
        input left 1x8x8
        input right 1x8x8
        block branch() {
          conv 4 3 padding=1
          bn
          relu
          maxpool 4
          flatten
          dropout 0.1
          linear 6
        }
        a: branch from=left
        b: again a from=right
        subtract a b
        square
        sum axes=1 keep=true
        linear 1
        """;

    private const string TwoHeads = """
        input 1x8x8
        conv 4 3 padding=1
        bn
        relu
        maxpool 4
        features: flatten
        class: linear 3
        dropout 0.1 from=features
        corner: linear 2
        output class, corner
        """;

    private static readonly CrossEntropy Entropy = new();

    public static SampleProblem Of(string name) =>
        name == "siamese"
            ? new(
                seed => NetworkText.ParseAll(Siamese).Initialize(seed),
                new SampleSource("pairs", new Pairs(36, 1), new Pairs(12, 2)),
                (outputs, targets) => (outputs[0] - targets[0]).Square().Mean()
            )
            : new(
                seed => NetworkText.ParseAll(TwoHeads).Initialize(seed),
                new SampleSource("corners", new Corners(36, 1), new Corners(12, 2)),
                (outputs, targets) =>
                    Entropy.Forward(outputs[0], targets[0]) + (outputs[1] - targets[1]).Square().Mean()
            );

    /// <summary>Two images, and whether their classes differ: 1, else 0.</summary>
    internal sealed class Pairs(int count, ulong seed) : ISampleSet
    {
        private readonly CornerImages _images = new(2 * count, seed);

        public string Name => "pairs";

        public int Count => count;

        public Sample Read(int index)
        {
            int other = index % 2 == 0 ? (3 * index) % (2 * count) : (index + 1) % (2 * count);
            bool differ = _images.Label(index) != _images.Label(other);
            return new Sample([Image(_images, index), Image(_images, other)], [Tensor.From([differ ? 1f : 0f], [1])]);
        }
    }

    /// <summary>An image, its class, and the place of its corner.</summary>
    internal sealed class Corners(int count, ulong seed) : ISampleSet
    {
        private readonly CornerImages _images = new(count, seed);

        public string Name => "corners";

        public int Count => count;

        public Sample Read(int index)
        {
            int label = _images.Label(index);
            return new Sample(
                [Image(_images, index)],
                [Tensor.From([(long)label], []), Tensor.From([label == 2 ? 1f : 0f, label == 1 ? 1f : 0f], [2])]
            );
        }
    }

    private static Tensor Image(CornerImages images, int index)
    {
        float[] values = new float[64];
        images.Read(index, values);
        return Tensor.From(values, [1, 8, 8]);
    }
}
