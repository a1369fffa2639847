using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions.Stacks;

public sealed class ClassesAndInputsTests
{
    private static readonly DataReport Fine = new()
    {
        Looked = 5000,
        OthersLooked = 1000,
        NeighboursLooked = 512,
        ItemShape = [3, 32, 32],
        TrainPerClass = [.. Enumerable.Repeat(400, Classes)],
        TestPerClass = [.. Enumerable.Repeat(100, Classes)],
        Low = -2,
        High = 2.5,
        ChannelMeans = [0, 0, 0],
        ChannelDeviations = [1, 1, 1],
        TestChannelMeans = [0.02, 0, -0.01],
        TestChannelDeviations = [1, 1.02, 0.99],
        NeighbourCorrelation = 0.9,
        PeriodExcess = -0.2,
        LabelRuns = 1,
    };

    [Fact]
    public void Judge_NothingLookedAt_CannotTell() => AssertIs(Verdict.CannotTell, "", Chain());

    [Fact]
    public void Judge_Healthy_IsOkAndSaysHowManyItems()
    {
        Answer answer = AssertIs(Verdict.Ok, "", WithData(Fine));

        Assert.Contains("5,000 items", answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one NaN", Verdict.Fix, Cause.NonFinite)]
    [InlineData("one unreadable", Verdict.Fix, Cause.NonFinite)]
    [InlineData("one label", Verdict.Fix, Cause.ClassCount)]
    [InlineData("contradictions 4.9 %", Verdict.Look, Cause.LabelNoise)]
    [InlineData("contradictions 5 %", Verdict.Fix, Cause.LabelNoise)]
    [InlineData("leak 0.9 %", Verdict.Look, Cause.Leak)]
    [InlineData("leak 1 %", Verdict.Fix, Cause.Leak)]
    [InlineData("near 1.9 %", Verdict.Ok, "")]
    [InlineData("near 2.1 %", Verdict.Look, Cause.Leak)]
    [InlineData("class order", Verdict.Fix, Cause.ClassOrder)]
    [InlineData("blank 0.9 %", Verdict.Ok, "")]
    [InlineData("blank 1 %", Verdict.Look, Cause.InputUnused)]
    [InlineData("blank 50 %", Verdict.Fix, Cause.InputUnused)]
    [InlineData("copies 19 %", Verdict.Ok, "")]
    [InlineData("copies 20 %", Verdict.Look, Cause.RepeatedItems)]
    [InlineData("imbalance 9", Verdict.Ok, "")]
    [InlineData("imbalance 10", Verdict.Look, Cause.Imbalance)]
    [InlineData("class missing", Verdict.Fix, Cause.Imbalance)]
    [InlineData("class missing everywhere", Verdict.Look, Cause.Imbalance)]
    [InlineData("means 0.4 apart", Verdict.Ok, "")]
    [InlineData("means 0.6 apart", Verdict.Look, Cause.PipelinesDiffer)]
    [InlineData("means 2.1 apart", Verdict.Fix, Cause.PipelinesDiffer)]
    [InlineData("deviations 1.4 times", Verdict.Ok, "")]
    [InlineData("deviations 2 times", Verdict.Look, Cause.PipelinesDiffer)]
    [InlineData("deviations 1/255", Verdict.Fix, Cause.PipelinesDiffer)]
    [InlineData("size 9", Verdict.Ok, "")]
    [InlineData("size 11", Verdict.Look, Cause.DataScale)]
    [InlineData("size 0.01", Verdict.Look, Cause.DataScale)]
    [InlineData("colours last", Verdict.Look, Cause.DataLayout)]
    [InlineData("period 0.04", Verdict.Ok, "")]
    [InlineData("period 0.1", Verdict.Look, Cause.DataLayout)]
    [InlineData("period 0.25", Verdict.Fix, Cause.DataLayout)]
    [InlineData("swapped", Verdict.Look, Cause.DataLayout)]
    public void Judge_Data_OnBothSidesOfTheThreshold(string kind, Verdict verdict, string cause) =>
        AssertIs(verdict, cause, WithData(Planted(kind)));

    [Fact]
    public void Judge_RawBytesThatStartFarOff_IsFix()
    {
        DataReport raw = Fine with
        {
            Low = 0,
            High = 255,
            ChannelMeans = [73, 73, 73],
            ChannelDeviations = [70, 70, 70],
            TestChannelMeans = [73, 73, 73],
            TestChannelDeviations = [70, 70, 70],
        };

        Answer answer = AssertIs(Verdict.Fix, Cause.DataScale, WithData(raw).Probe("first-batch", ("loss", 40.0)));

        Assert.Contains("bytes that nobody divided", answer.Finding, StringComparison.Ordinal);
        AssertIs(Verdict.Look, Cause.DataScale, WithData(raw).Probe("first-batch", ("loss", 2.4)));
    }

    [Fact]
    public void Judge_LargeValuesBeforeANormalization_IsOk()
    {
        MeasuredRuns run = WithData(Planted("size 11"));
        run.With(r =>
            r with
            {
                Points =
                [
                    .. r.Points,
                    new("norm", PointKind.Normalization, "BatchNormalization", 1, Units, 1, [1], false, 1, 1),
                ],
            }
        );

        AssertIs(Verdict.Ok, "", run);
    }

    [Theory]
    [InlineData(0.5, Verdict.Fix)]
    [InlineData(0.01, Verdict.Look)]
    public void Judge_ScaleWithProbe_NeedsThreeStandardErrors(double gain, Verdict verdict) =>
        AssertIs(
            verdict,
            Cause.DataScale,
            WithData(Planted("size 11"))
                .Probe("standardized", ("loss", 2.0), ("standardized", 2.0 - gain), ("error", 0.02))
        );

    [Theory]
    [InlineData(0.5, Verdict.Fix)]
    [InlineData(0.01, Verdict.Look)]
    public void Judge_SwappedChannelsWithProbe_NeedsThreeStandardErrors(double gain, Verdict verdict) =>
        AssertIs(
            verdict,
            Cause.DataLayout,
            WithData(Planted("swapped"))
                .Probe("reordered-channels", ("loss", 2.0), ("reordered", 2.0 - gain), ("error", 0.02))
        );

    // 64 of ten classes: by chance a batch has 97 % of the entropy.
    [Theory]
    [InlineData(0.02, 64, Verdict.Fix, Cause.Unshuffled)]
    [InlineData(0.4, 64, Verdict.Look, Cause.Unshuffled)]
    [InlineData(0.93, 64, Verdict.Ok, "")]
    [InlineData(0.27, 2, Verdict.Ok, "")] // two items have two labels at most
    public void Judge_LabelsOfBatches_AreComparedWithChance(double mix, int batch, Verdict verdict, string cause)
    {
        MeasuredRuns run = WithData(Fine).With(r => r with { Batch = batch });
        for (int e = 1; e <= 3; e++)
        {
            run.Train(10, Falling).Epoch(e, x => x with { ItemsSeen = 4000, LabelMix = mix });
        }

        AssertIs(verdict, cause, run);
    }

    [Fact]
    public void ChanceMix_TwoOfTenClasses_IsNineTenthsOfLnTwo() =>
        Assert.Equal(
            0.9 * Math.Log(2) / Math.Log(10),
            FeedFindings.ChanceMix(WithData(Fine).With(r => r with { Batch = 2 }).Evidence.Measured!),
            9
        );

    [Theory]
    [InlineData(64, 64, 0, Verdict.Fix, Cause.RepeatedItems)] // one batch for ever
    [InlineData(1000, 1000, 0, Verdict.Fix, Cause.RepeatedItems)]
    [InlineData(1000, 200, 0, Verdict.Look, Cause.ItemsMissed)] // another thousand each epoch
    [InlineData(2500, 0, 2000, Verdict.Look, Cause.RepeatedItems)] // drawn with replacement
    [InlineData(3990, 3990, 0, Verdict.Ok, "")] // the last batch is left out
    public void Judge_ItemsOfAnEpoch_AreCounted(int seen, int again, int repeated, Verdict verdict, string cause)
    {
        MeasuredRuns run = WithData(Fine);
        for (int e = 1; e <= 3; e++)
        {
            run.Train(10, Falling)
                .Epoch(
                    e,
                    x => x with { ItemsSeen = seen, InputsRepeated = e == 1 ? 0 : again, ItemsRepeated = repeated }
                );
        }

        AssertIs(verdict, cause, run);
    }

    [Theory]
    [InlineData("flip", 4000, Verdict.Fix, Cause.RepeatedAugmentation)]
    [InlineData("flip", 2000, Verdict.Ok, "")] // half of the items are flipped as before, by chance
    [InlineData("none", 4000, Verdict.Ok, "")]
    public void Judge_AugmentedItemsAsBefore_RepeatTheirDraws(string augment, int again, Verdict verdict, string cause)
    {
        MeasuredRuns run = WithData(Fine).With(r => r with { Augment = augment });
        for (int e = 1; e <= 3; e++)
        {
            run.Train(10, Falling).Epoch(e, x => x with { ItemsSeen = 4000, InputsRepeated = e == 1 ? 0 : again });
        }

        AssertIs(verdict, cause, run);
    }

    [Fact]
    public void Judge_HeldOutBelowChance_AsksForSplitsAndThenNamesTheClassOrder()
    {
        AssertIs(Verdict.Fix, Cause.ClassOrder, Epochs(train: 230, heldOut: 2)); // no guessing is as bad
        MeasuredRuns run = Epochs(train: 230, heldOut: 14);
        AssertIs(Verdict.Look, Cause.ClassOrder, run);
        Assert.Contains("splits", new ClassesAndInputs().Wants);

        AssertIs(
            Verdict.Fix,
            Cause.ClassOrder,
            run.Probe("splits", ("accuracy", 0.01), ("permutedAccuracy", 0.85), ("moved", 10), ("items", 256))
        );
    }

    [Fact]
    public void Judge_TwoClassesSwapped_AreNamedThoughMostAreRight() =>
        AssertIs(
            Verdict.Fix,
            Cause.ClassOrder,
            Epochs(train: 230, heldOut: 150)
                .Probe("splits", ("accuracy", 0.6), ("permutedAccuracy", 0.85), ("moved", 2), ("items", 400))
        );

    [Fact]
    public void Judge_PermutationOfChance_IsNoClassOrder() =>
        AssertIs(
            Verdict.Ok,
            "",
            Epochs(train: 150, heldOut: 130)
                .Probe("splits", ("accuracy", 0.51), ("permutedAccuracy", 0.54), ("moved", 2), ("items", 256))
        );

    [Theory]
    [InlineData(240, 26, 4000, Verdict.Fix, Cause.ShuffledLabels)]
    [InlineData(240, 26, 1900, Verdict.Look, Cause.ShuffledLabels)] // 190 items a class may be too few to learn from
    [InlineData(240, 70, 4000, Verdict.Ok, "")]
    [InlineData(30, 26, 4000, Verdict.Ok, "")] // nothing is learned yet
    public void Judge_KnownByHeartAndChanceElsewhere_IsShuffledLabels(
        int train,
        int heldOut,
        int items,
        Verdict verdict,
        string cause
    )
    {
        MeasuredRuns run = Epochs(train, heldOut).With(r => r with { TrainItems = items });
        if (verdict == Verdict.Fix)
        {
            // Seen otherwise they might be known.
            AssertIs(Verdict.Look, cause, run);
            run.Probe(ViewsProbe.ProbeName, ("items", 260), ("right", heldOut), ("mirrored", heldOut));
        }

        AssertIs(verdict, cause, run);
    }

    // Of ten classes two labels drawn by chance differ in nine of ten items.
    [Theory]
    [InlineData(900, Verdict.Fix)]
    [InlineData(400, Verdict.Ok)] // as where a network labels some items anew
    public void Judge_LabelsThatChange_AreComparedWithChance(int changed, Verdict verdict)
    {
        MeasuredRuns run = WithData(Fine);
        for (int e = 1; e <= 3; e++)
        {
            run.Train(30, Falling)
                .Epoch(
                    e,
                    x =>
                        x with
                        {
                            ItemsSeen = 1000,
                            ClassItemsSeen = [.. Enumerable.Repeat(100, Classes)],
                            LabelsChanged = e == 1 ? 0 : changed,
                        }
                );
        }

        AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.ShuffledLabels, run.With(r => r with { TrainItems = 0 }));
    }

    [Theory]
    [InlineData(960, 0, Verdict.Fix)]
    [InlineData(300, 0, Verdict.Ok)]
    [InlineData(960, 4000, Verdict.Look)] // the data themselves are copies
    public void Judge_AlikeInABatch_AreOneBuffer(int alike, int copies, Verdict verdict)
    {
        MeasuredRuns run = WithData(Fine with { Duplicates = copies })
            .Train(30, Falling)
            .Epoch(1, x => x with { ItemsSeen = 1000, AlikeInBatch = alike })
            .With(r => r with { TrainItems = 0 });

        AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.RepeatedItems, run);
    }

    [Theory]
    [InlineData(-2.0, 3.0, 5, Verdict.Look)]
    [InlineData(-1.0, 3.0, 5, Verdict.Ok)]
    [InlineData(-2.0, 3.0, 2, Verdict.Ok)]
    public void Judge_Margins_AreLookedAtFromHalfOfTheMedianOn(double low, double middle, int epoch, Verdict verdict)
    {
        MeasuredRuns run = WithData(Fine)
            .Train(50, Falling)
            .Epoch(epoch, e => e with { MarginQuantiles = [low - 1, low, 1, middle, 4, 6], WorstItems = [17, 4] });

        Answer answer = AssertIs(verdict, verdict == Verdict.Look ? Cause.LabelNoise : "", run);
        Assert.Equal(verdict == Verdict.Look, answer.Finding.Contains("17, 4", StringComparison.Ordinal));
    }

    // A class of 40 items beside 400: found in 2 of 20, or in 14 of 20.
    [Theory]
    [InlineData(40, 2, 3, Verdict.Fix)]
    [InlineData(40, 14, 3, Verdict.Look)]
    [InlineData(400, 2, 3, Verdict.Ok)]
    [InlineData(40, 0, 1, Verdict.Look)] // early only the prior is known
    public void Judge_RareClass_IsFixWhereItIsHardlyFound(int items, int found, int firstEpoch, Verdict verdict)
    {
        MeasuredRuns run = WithData(Fine with { TrainPerClass = [items, .. Enumerable.Repeat(400, Classes - 1)] });
        for (int e = firstEpoch; e < firstEpoch + 2; e++)
        {
            run.Train(20, Falling).Epoch(e, x => x with { HeldOut = Part(200, [found, .. Enumerable.Repeat(18, 9)]) });
        }

        AssertIs(verdict, verdict == Verdict.Ok ? "" : Cause.Imbalance, run);
    }

    private static MeasuredPart Part(int items, int[] right) =>
        new(items, 0.5, 0.02, right.Sum())
        {
            ClassItems = [.. Enumerable.Repeat(items / Classes, Classes)],
            ClassRight = right,
            ClassPredicted = [.. Enumerable.Repeat(items / Classes, Classes)],
        };

    /// <summary>Four epochs with so many of 256 right, learned from and held out.</summary>
    private static MeasuredRuns Epochs(int train, int heldOut)
    {
        MeasuredRuns run = WithData(Fine);
        for (int e = 1; e <= 4; e++)
        {
            run.Train(60, Falling)
                .Epoch(e, x => x with { Train = Of(train), HeldOut = Of(heldOut), RunningLoss = 0.5 });
        }

        return run;

        static MeasuredPart Of(int right) =>
            new(260, 0.5, 0.02, right)
            {
                ClassItems = [.. Enumerable.Repeat(26, Classes)],
                ClassRight = [.. Enumerable.Repeat(right / Classes, Classes)],
                ClassPredicted = [.. Enumerable.Repeat(26, Classes)],
            };
    }

    private static MeasuredRuns WithData(DataReport data)
    {
        MeasuredRuns run = Chain();
        run.Data = data;
        return run;
    }

    private static DataReport Planted(string kind) =>
        kind switch
        {
            "one NaN" => Fine with { NonFinite = 1 },
            "one unreadable" => Fine with { Unreadable = 1 },
            "one label" => Fine with { LabelsOutOfRange = 1 },
            "contradictions 4.9 %" => Fine with { Contradictions = 245 },
            "contradictions 5 %" => Fine with { Contradictions = 250 },
            "leak 0.9 %" => Fine with { AcrossParts = 9 },
            "leak 1 %" => Fine with { AcrossParts = 10 },
            "near 1.9 %" => Fine with { NeighboursAcrossParts = 10 },
            "near 2.1 %" => Fine with { NeighboursAcrossParts = 11 },
            "class order" => Fine with { ClassOrderDiffers = true },
            "blank 0.9 %" => Fine with { Constant = 49 },
            "blank 1 %" => Fine with { Constant = 50 },
            "blank 50 %" => Fine with { Constant = 2500 },
            "copies 19 %" => Fine with { Duplicates = 760 },
            "copies 20 %" => Fine with { Duplicates = 800 },
            "imbalance 9" => Fine with { TrainPerClass = [40, .. Enumerable.Repeat(360, 9)] },
            "imbalance 10" => Fine with { TrainPerClass = [40, .. Enumerable.Repeat(400, 9)] },
            "class missing" => Fine with { TrainPerClass = [0, .. Enumerable.Repeat(400, 9)] },
            "class missing everywhere" => Fine with
            {
                TrainPerClass = [0, .. Enumerable.Repeat(400, 9)],
                TestPerClass = [0, .. Enumerable.Repeat(100, 9)],
            },
            "means 0.4 apart" => Fine with { TestChannelMeans = [0.4, 0, 0] },
            "means 0.6 apart" => Fine with { TestChannelMeans = [0.6, 0, 0] },
            "means 2.1 apart" => Fine with { TestChannelMeans = [-2.1, 0, 0] },
            "deviations 1.4 times" => Fine with { TestChannelDeviations = [1.4, 1, 1] },
            "deviations 2 times" => Fine with { TestChannelDeviations = [0.5, 1, 1] },
            "deviations 1/255" => Fine with { TestChannelDeviations = [1 / 255.0, 1 / 255.0, 1 / 255.0] },
            "size 9" => Sized(9),
            "size 11" => Sized(11),
            "size 0.01" => Sized(0.01),
            "colours last" => Fine with { ItemShape = [32, 32, 3] },
            "period 0.04" => Fine with { PeriodExcess = 0.04 },
            "period 0.1" => Fine with { PeriodExcess = 0.1 },
            "period 0.25" => Fine with { PeriodExcess = 0.25 },
            "swapped" => Fine with { ChannelMeans = [-0.2, 0, 0.2], TestChannelMeans = [0.19, 0, -0.21] },
            _ => throw new ArgumentException(kind),
        };

    private static DataReport Sized(double size) =>
        Fine with
        {
            ChannelDeviations = [size, size, size],
            TestChannelDeviations = [size, size, size],
            TestChannelMeans = [0, 0, 0],
        };

    private static Answer AssertIs(Verdict verdict, string cause, MeasuredRuns run)
    {
        Answer answer = Ask(new ClassesAndInputs(), run);
        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"expected {verdict} {cause}, got {answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
        return answer;
    }
}
