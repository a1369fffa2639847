using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Parts that were split or read in two ways, and values far from all others, planted in the built-in shapes.</summary>
public sealed class PartFindingsTests
{
    private static readonly DataSource Healthy = PlantedSet.Shapes();

    [Fact]
    public void Judge_Healthy_FindsNothing()
    {
        DataReport report = DataLint.Of(Healthy);

        Assert.InRange(report.Trait!.Apart, 0.5, 0.65);
        Assert.InRange(report.Far!.Times, 0, 1);
        Assert.InRange(report.VarianceOfFew, 0.01, 0.1);
        Assert.Equal(Verdict.Ok, Judge(Healthy).Verdict);
    }

    // 400 items of ten classes: those of eight learned from, those of two held out.
    [Fact]
    public void Judge_SplitByPlaceInASortedFile_IsNamedBeforeTraining()
    {
        DataSource split = PlantedSet.With(
            Healthy,
            new PlantedSet(Healthy.Train) { Order = Of(label => label < 8) },
            new PlantedSet(Healthy.Train) { Order = Of(label => label >= 8) }
        );

        AssertIs(Cause.Imbalance, "80 of 80 items held out are of", Judge(split));
    }

    // Of a loop by hand some items are seen: only whole epochs tell what is learned from.
    [Theory]
    [InlineData(false, Verdict.Look)]
    [InlineData(true, Verdict.Fix)]
    public void Judge_ClassesOfALoopByHand_AreKnownAfterAnEpoch(bool afterAnEpoch, Verdict verdict)
    {
        DataReport data = new()
        {
            Looked = 200,
            OthersLooked = 100,
            LearnedPerClass = [100, 100, 0],
            OthersPerClass = [0, 20, 80],
        };
        MeasuredEpoch epoch = new()
        {
            Epoch = 1,
            Step = 10,
            ClassItemsSeen = [300, 300, 0],
        };

        Answer answer = Judge(data, afterAnEpoch ? [epoch] : []);

        Assert.Equal((verdict, Cause.Imbalance), (answer.Verdict, answer.Cause));
    }

    [Fact]
    public void Judge_HeldOutOfHalfTheClasses_IsNoSplit() =>
        Assert.Equal(
            Verdict.Ok,
            Judge(
                PlantedSet.With(Healthy, test: new PlantedSet(Healthy.Test) { Order = Of(l => l < 5, Healthy.Test) })
            ).Verdict
        );

    [Theory]
    [InlineData("zoomed")]
    [InlineData("noisy")]
    [InlineData("blanked")]
    public void Judge_HeldOutOfAnotherKind_IsPipelinesDifferAndNoShuffledLabels(string kind)
    {
        PlantedSet test = new(Healthy.Test) { Change = (i, x) => Changed(kind, i, x) };

        Answer answer = Judge(PlantedSet.With(Healthy, test: test));

        AssertIs(Cause.PipelinesDiffer, "Items held out are of another kind than those learned from: ", answer);
        Assert.DoesNotContain("do not belong together", answer.Finding, StringComparison.Ordinal);
    }

    // 200 of 200 items learned from are right.
    [Theory]
    [InlineData(0.95, 190, Verdict.Fix)]
    [InlineData(0.8, 190, Verdict.Look)]
    [InlineData(0.8, 120, Verdict.Fix)]
    [InlineData(0.7, 120, Verdict.Ok)]
    public void Judge_TraitThatTellsThePartsApart_IsFixWhereItDoesHarm(double apart, int right, Verdict verdict)
    {
        DataReport data = new()
        {
            Looked = 400,
            OthersLooked = 200,
            Trait = new PartTrait("the mean of an item", apart, 8, 0, 1, 200),
        };
        MeasuredEpoch epoch = new()
        {
            Epoch = 1,
            Step = 100,
            Train = new MeasuredPart(200, 0.1, 0.01, 200) { ClassItems = [100, 100], ClassRight = [100, 100] },
            HeldOut = new MeasuredPart(200, 0.5, 0.01, right)
            {
                ClassItems = [100, 100],
                ClassRight = [right / 2, right / 2],
            },
        };

        Answer answer = Judge(data, epoch);

        Assert.Equal((verdict, verdict == Verdict.Ok ? "" : Cause.PipelinesDiffer), (answer.Verdict, answer.Cause));
        Assert.Equal(right < 180 ? [ViewsProbe.ProbeName] : [], new ClassesAndInputs().AlsoWants(Run(data, epoch)));
    }

    [Theory]
    [InlineData("-999", "-999", "it seems to stand for what is missing")]
    [InlineData("a million", "1E+06", "once: a broken value")]
    public void Judge_ValueFarFromAllOthers_IsDataScaleBeforeLayout(string kind, string value, string why)
    {
        PlantedSet train = new(Healthy.Train)
        {
            Change = (i, x) =>
            {
                Rng rng = new Rng(3).Split((ulong)i);
                for (int k = 0; k < x.Length; k++)
                {
                    x[k] =
                        kind == "-999" && rng.NextSingle() < 0.02f ? -999
                        : kind == "a million" && i == 5 && k == 500 ? 1e6f
                        : x[k];
                }
            },
        };

        DataReport report = DataLint.Of(train, test: Healthy.Test);
        Answer answer = Judge(report);

        AssertIs(Cause.DataScale, $"The value {value} as fed", answer);
        Assert.Contains(why, answer.Finding, StringComparison.Ordinal);
    }

    // Two values alone, and a lone bright dot, are what they are.
    [Fact]
    public void Of_DotsOnBlack_AreNotFar()
    {
        PlantedSet dots = new(Healthy.Train)
        {
            Change = (i, x) =>
            {
                Array.Clear(x);
                x[(i * 37) % 1024] = 1;
                x[(i * 91) % 1024] = 0.7f;
            },
        };

        DataReport report = DataLint.Of(dots);

        Assert.Equal(0.7 / 0.3, report.Far!.Times, 1e-3);
        Assert.DoesNotContain(
            DataFindings.Of(Run(report), report),
            f => f.Cause == Cause.DataScale && f.Verdict == Verdict.Fix
        );
    }

    // Each series is scaled by itself, so that the mark has a value of its own in each.
    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 0)]
    public void Of_SeriesWithAMarkForMissingValues_AreCounted(bool marked, int expected)
    {
        Series series = new(60, marked);

        Assert.Equal(expected, DataLint.Of(series).FarItems);
    }

    // 60 items have a deviation of 0 at the border, and 1e-4 is added to it.
    [Fact]
    public void Judge_ScaledPositionByPosition_IsDataScale()
    {
        PlantedSet scaled = new(Healthy.Train)
        {
            Change = (i, x) =>
            {
                for (int k = 0; k < 5; k++)
                {
                    x[k] = (i + k) % 37 == 0 ? (0.1f + (0.01f * (i % 90))) / 1e-4f : 0;
                }
            },
        };

        AssertIs(Cause.DataScale, "One position in a hundred has ", Judge(DataLint.Of(scaled)));
    }

    [Theory]
    [InlineData(20, 200, Verdict.Fix)]
    [InlineData(190, 200, Verdict.Ok)]
    [InlineData(100, 105, Verdict.Ok)]
    public void Judge_HeldOutSeenOtherwise_IsFixWhereATenthMoreIsRight(int asTheyAre, int transposed, Verdict verdict)
    {
        Measurements measured = Run(DataLint.Of(Healthy)) with
        {
            Probes =
            [
                new MeasuredProbe(
                    100,
                    ViewsProbe.ProbeName,
                    new Dictionary<string, double>
                    {
                        ["items"] = 250,
                        ["right"] = asTheyAre,
                        ["transposed"] = transposed,
                        ["mirrored"] = 5,
                    }
                ),
            ],
        };

        Answer answer = new ClassesAndInputs().Of(measured);

        Assert.Equal((verdict, verdict == Verdict.Ok ? "" : Cause.PipelinesDiffer), (answer.Verdict, answer.Cause));
    }

    private static int[] Of(Func<int, bool> isOf, IDataset? data = null) =>
        [.. Enumerable.Range(0, (data ?? Healthy.Train).Count).Where(i => isOf((data ?? Healthy.Train).Label(i)))];

    private static void Changed(string kind, int index, float[] x)
    {
        float[] before = [.. x];
        Rng rng = new Rng(4).Split((ulong)index);
        for (int i = 0; i < x.Length; i++)
        {
            (int row, int column) = (i / 32, i % 32);
            x[i] = kind switch
            {
                "zoomed" => before[((8 + (row / 2)) * 32) + 8 + (column / 2)],
                "noisy" => before[i] + (float)(0.35 * rng.NextNormal()),
                _ => row >= 8 && row < 24 && column >= 8 && column < 24 ? 0 : before[i],
            };
        }
    }

    private static Measurements Run(DataReport data, params IReadOnlyList<MeasuredEpoch> epochs) =>
        new()
        {
            Run = new MeasuredRun
            {
                Model = "net",
                Optimizer = "sgd",
                Classes = [.. Enumerable.Range(0, data.LearnedPerClass.Count).Select(k => $"class{k}")],
                Batch = 32,
            },
            Data = data,
            Epochs = epochs,
        };

    private static Answer Judge(DataSource source) => Judge(DataLint.Of(source));

    private static Answer Judge(DataReport data, params IReadOnlyList<MeasuredEpoch> epochs) =>
        new ClassesAndInputs().Of(Run(data, epochs));

    private static void AssertIs(string cause, string text, Answer answer)
    {
        Assert.True(
            (Verdict.Fix, cause) == (answer.Verdict, answer.Cause),
            $"{answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
        Assert.StartsWith(text, answer.Finding, StringComparison.Ordinal);
    }

    /// <summary>Waves, each scaled to a deviation of 1; marked ones have three values of -999 before that.</summary>
    private sealed class Series(int count, bool marked) : IDataset
    {
        public string Name => "series";

        public int Count => count;

        public Shape ItemShape => [1, 120];

        public IReadOnlyList<string> Classes { get; } = ["a", "b"];

        public int Label(int index) => index % 2;

        public void Read(int index, Span<float> destination)
        {
            Rng rng = new Rng(6).Split((ulong)index);
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (float)(Math.Sin(i * 0.1 * (1 + (index % 2))) + (0.1 * rng.NextNormal()));
            }

            if (marked)
            {
                (destination[10], destination[50], destination[51 + (index % 9)]) = (-999, -999, -999);
            }

            float mean = 0,
                square = 0;
            foreach (float value in destination)
            {
                mean += value / destination.Length;
                square += value * value / destination.Length;
            }

            float deviation = MathF.Sqrt(square - (mean * mean));
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (destination[i] - mean) / deviation;
            }
        }
    }
}
