using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>What labels of nearest items tell of planted faults, from the data alone.</summary>
public sealed class NeighbourFindingsTests
{
    // Waves of 1 to 4 periods that fade: each is nearest to its own class, and reversed to another item of it.
    private static readonly Waves Train = new(240, 1),
        Other = new(120, 2);

    [Fact]
    public void Of_Healthy_FindsNothing() => Assert.Empty(Found(Train, Other));

    [Fact]
    public void Of_LabelsShuffled_AreShuffled()
    {
        int[] order = new Rng(3).Permutation(Other.Count);
        AssertIs(
            Cause.ShuffledLabels,
            Found(Train, new PlantedSet(Other) { Relabel = (i, _) => Other.Label(order[i]) })
        );
    }

    [Fact]
    public void Of_TwoClassesSwapped_IsTheClassOrder()
    {
        Finding finding = AssertIs(
            Cause.ClassOrder,
            Found(Train, new PlantedSet(Other) { Relabel = (_, label) => label < 2 ? 1 - label : label })
        );
        Assert.Contains("one period", finding.Text, StringComparison.Ordinal);
        Assert.Contains("two periods", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OnePartReversed_IsThePipeline()
    {
        Finding finding = AssertIs(
            Cause.PipelinesDiffer,
            Found(Train, new PlantedSet(Other) { Change = (_, x) => Array.Reverse(x) })
        );
        Assert.Contains("reversed", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HalfOfAClassMislabelled_NamesIt()
    {
        Finding finding = AssertIs(
            Cause.LabelNoise,
            Found(new PlantedSet(Train) { Relabel = (i, label) => label == 0 && i % 8 < 4 ? 1 : label }, Other)
        );
        Assert.Contains("one period", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Places_TurnedBack_AreThoseBefore()
    {
        foreach (Shape shape in new Shape[] { [3, 32, 32], [2, 50] })
        {
            float[] item = [.. Enumerable.Range(0, (int)shape.Count).Select(i => MathF.Sin(i))];
            float[] cells = ItemSignature.WithColours(item, shape) ?? ItemSignature.Of(item, shape)!;
            (string Way, int[] Places)[] turns = [.. CellTurns.Of(shape, cells.Length)];
            Assert.Equal(shape.Rank == 3 ? 6 : 1, turns.Length);
            Assert.All(
                turns,
                t => Assert.Equal(Enumerable.Range(0, cells.Length), t.Places.Select(p => Back(turns, t)[p]))
            );
        }
    }

    /// <summary>The turn that takes another back: its own, but for quarter turns, which do so to each other.</summary>
    private static int[] Back((string Way, int[] Places)[] turns, (string Way, int[] Places) turn) =>
        turn.Way.Contains("90", StringComparison.Ordinal)
            ? turns.Single(t => t.Way.Contains("270", StringComparison.Ordinal)).Places
        : turn.Way.Contains("270", StringComparison.Ordinal)
            ? turns.Single(t => t.Way.Contains("90", StringComparison.Ordinal)).Places
        : turn.Places;

    private static Finding[] Found(IDataset train, IDataset other) =>
        [
            .. NeighbourFindings.Of(
                new Measurements
                {
                    Run = new MeasuredRun
                    {
                        Model = "net",
                        Optimizer = "sgd",
                        Classes = [.. train.Classes],
                    },
                },
                DataLint.Of(train, other)
            ),
        ];

    private static Finding AssertIs(string cause, Finding[] findings)
    {
        Finding finding = Assert.Single(findings);
        Assert.True((Verdict.Fix, cause) == (finding.Verdict, finding.Cause), $"{finding.Cause}: {finding.Text}");
        return finding;
    }

    private sealed class Waves(int count, ulong seed) : IDataset
    {
        public string Name => "waves";

        public int Count => count;

        public Shape ItemShape => [1, 64];

        public IReadOnlyList<string> Classes => ["one period", "two periods", "three periods", "four periods"];

        public int Label(int index) => index % 4;

        // Fades from left to right for two classes and the other way for two, so that left and right matter.
        public void Read(int index, Span<float> destination)
        {
            Rng rng = new Rng(seed).Split((ulong)index);
            int label = Label(index);
            for (int i = 0; i < destination.Length; i++)
            {
                double place = i / 64.0,
                    fade = label % 2 == 0 ? 1 - place : place * place;
                destination[i] = (float)(
                    (fade * Math.Sin(2 * Math.PI * (1 + (label / 2)) * place)) + (0.1 * (rng.NextSingle() - 0.5))
                );
            }
        }
    }
}
