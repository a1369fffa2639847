using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>A look at data with faults planted in known numbers, beside their healthy twins.</summary>
public sealed class DataLintTests
{
    private static readonly DataSource Healthy = PlantedSet.Shapes();

    [Fact]
    public void Of_Healthy_FindsNothing()
    {
        DataReport report = DataLint.Of(Healthy);

        Assert.Equal((500, 100), (report.Looked, report.OthersLooked));
        Assert.Equal(Enumerable.Repeat(40, 10), report.TrainPerClass);
        Assert.Equal(Enumerable.Repeat(10, 10), report.TestPerClass);
        Assert.Equal([1, 32, 32], report.ItemShape);
        Assert.Equal(
            (0, 0, 0, 0, 0, 0, 0),
            (
                report.Duplicates,
                report.Contradictions,
                report.AcrossParts,
                report.Constant,
                report.NonFinite,
                report.Unreadable,
                report.LabelsOutOfRange
            )
        );
        Assert.Equal((0, 100), (report.NeighboursAcrossParts, report.NeighboursLooked));
        Assert.False(report.ClassOrderDiffers || report.ClassesDiffer);
        Assert.InRange(report.NeighbourCorrelation, 0.5, 1.0);
        Assert.True(double.IsNaN(report.PeriodExcess), "one channel has no period");
        Assert.InRange(report.LabelRuns, 0.85, 0.95); // labels 0, 1, 2...: each run of 1, by chance 1 / 0.9
        Assert.Equal(0.0, report.ChannelMeans[0], 3); // as fed: standardized
        Assert.Equal(1.0, report.ChannelDeviations[0], 3);
    }

    // Each position has another place, the same in all items: what was beside it lies anywhere.
    [Fact]
    public void Of_PositionsInAnotherOrder_HaveTheirPartnersFarAway()
    {
        int[] order = new Rng(5).Permutation(1024);
        PlantedSet scattered = new(Healthy.Train)
        {
            Change = (_, x) => ((float[])[.. order.Select(o => x[o])]).CopyTo(x, 0),
        };

        Assert.InRange(DataLint.Of(Healthy.Train).DistantPartners, 0.0, 0.1);
        Assert.InRange(DataLint.Of(scattered).DistantPartners, 0.5, 1.0);
    }

    // Pairs of dots ten apart: positions are alike at that distance, and in their order all the same.
    [Fact]
    public void Of_PairsOfDots_AreInOrder()
    {
        PlantedSet dots = new(Healthy.Train)
        {
            Change = (i, x) =>
            {
                Rng rng = new Rng(3).Split((ulong)i);
                Array.Clear(x);
                int place = ((int)(rng.NextSingle() * 32) * 32) + (int)(rng.NextSingle() * 22);
                (x[place], x[place + 10]) = (1, 1);
            },
        };

        Assert.True(double.IsNaN(DataLint.Of(dots).DistantPartners));
    }

    [Fact]
    public void Of_Noise_TellsNothingOfPartners()
    {
        PlantedSet noise = new(Healthy.Train)
        {
            Change = (i, x) =>
            {
                Rng rng = new Rng(1).Split((ulong)i);
                for (int k = 0; k < x.Length; k++)
                {
                    x[k] = rng.NextSingle();
                }
            },
        };

        Assert.True(double.IsNaN(DataLint.Of(noise).DistantPartners));
    }

    // Pairs of one shape each, the second a little brighter at one place: the nearest of an item is the other of its pair. A label
    // that is changed breaks both.
    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(10, 0.75)]
    [InlineData(40, 0.0)]
    public void Of_LabelsAgainstNeighbours_AreCounted(int wrong, double agreement)
    {
        static PlantedSet Pairs(int wrong) =>
            new(Healthy.Train)
            {
                Order = [.. Enumerable.Range(0, 80).Select(i => i / 2)],
                Change = (i, x) => x[0] += i % 2 == 0 ? 0 : 0.01f,
                Relabel = (i, label) => i % 2 == 0 && i / 2 < wrong ? (label + 1) % 10 : label,
            };
        DataReport report = DataLint.Of(Pairs(wrong), null, Pairs(0));

        Assert.Equal((80, agreement, 1.0), (report.AgreementItems, report.LabelAgreement, report.TestLabelAgreement));
    }

    [Fact]
    public void Of_Twice_IsTheSame()
    {
        DataReport first = DataLint.Of(Healthy),
            second = DataLint.Of(Healthy);

        Assert.Equal(RunJson.Measured.ToText(first), RunJson.Measured.ToText(second));
    }

    [Fact]
    public void Of_CopiesWithinTraining_AreCounted()
    {
        PlantedSet train = new(Healthy.Train) { Order = [.. Enumerable.Range(0, 390), 0, 1, 2, 3, 4, 4, 4] };

        DataReport report = DataLint.Of(train);

        Assert.Equal((7, 0, 0), (report.Duplicates, report.Contradictions, report.AcrossParts));
    }

    [Fact]
    public void Of_CopiesOfOtherLabels_ContradictEachOther()
    {
        PlantedSet train = new(Healthy.Train)
        {
            Order = [.. Enumerable.Range(0, 390), 0, 1, 2],
            Relabel = (i, label) => i >= 391 ? (label + 1) % 10 : label,
        };

        Assert.Equal(4, DataLint.Of(train).Contradictions); // two pairs; the copy of item 0 agrees with it
    }

    [Fact]
    public void Of_TrainingItemsInTheTestPart_AreCounted()
    {
        PlantedSet all = new(Healthy.Train) { Order = [.. Enumerable.Range(0, 390)] },
            test = new(Healthy.Train) { Order = [.. Enumerable.Range(380, 20)] };

        DataReport report = DataLint.Of(all, test: test);

        Assert.Equal((10, 20), (report.AcrossParts, report.OthersLooked));
        PartCopies copies = Assert.Single(report.Copies);
        Assert.Equal(("test", 10), (copies.Part, copies.Count));
        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => new CopiedItem(i, 380 + i))], copies.Items);
    }

    // A copy a little brighter, with noise of a byte's step: saved anew, not equal to the bit.
    [Fact]
    public void Of_NearCopiesInTheTestPart_AreFound()
    {
        Rng rng = new(3);
        PlantedSet near = new(Healthy.Train)
        {
            Order = [.. Enumerable.Range(0, 40)],
            Change = (i, values) =>
            {
                Rng own = rng.Split((ulong)i);
                for (int j = 0; j < values.Length; j++)
                {
                    values[j] = (1.03f * values[j]) + (0.004f * own.NextSingle());
                }
            },
        };

        DataReport report = DataLint.Of(Healthy.Train, heldOut: Healthy.Test, test: near);

        Assert.Equal(0, report.AcrossParts);
        Assert.Equal(140, report.NeighboursLooked);
        Assert.InRange(report.NeighboursAcrossParts, 36, 40);
    }

    [Fact]
    public void Of_ItemsThatAreBlankBrokenOrNotThere_AreCountedApart()
    {
        PlantedSet train = new(Healthy.Train)
        {
            Change = (i, values) =>
            {
                if (i < 3)
                {
                    Array.Fill(values, 0.5f);
                }
                else if (i < 5)
                {
                    values[17] = i == 3 ? float.NaN : float.PositiveInfinity;
                }
                else if (i == 5)
                {
                    throw new IOException("gone");
                }
            },
            Relabel = (i, label) => i is 7 or 8 ? 10 + i : label,
        };

        DataReport report = DataLint.Of(train);

        Assert.Equal((3, 2, 1, 2), (report.Constant, report.NonFinite, report.Unreadable, report.LabelsOutOfRange));
        Assert.Equal(0, report.Duplicates); // blank items are no copies of each other
    }

    [Fact]
    public void Of_OtherOrderOfClasses_IsSeenByTheNames()
    {
        PlantedSet turned = new(Healthy.Test) { ClassNames = [.. Healthy.Test.Classes.Reverse()] },
            strange = new(Healthy.Test) { ClassNames = [.. Healthy.Test.Classes.Skip(1), "oval"] };

        DataReport order = DataLint.Of(Healthy.Train, test: turned),
            others = DataLint.Of(Healthy.Train, test: strange);

        Assert.Equal((true, false), (order.ClassOrderDiffers, order.ClassesDiffer));
        Assert.Equal((false, true), (others.ClassOrderDiffers, others.ClassesDiffer));
    }

    // 10 classes of 40: by chance 1 + 400 x 0.9 = 361 runs, sorted 10.
    [Fact]
    public void Of_SortedItems_HaveRunsOfThirtySixTimesChance()
    {
        PlantedSet sorted = new(Healthy.Train) { Order = [.. Enumerable.Range(0, 400).OrderBy(i => i % 10)] };

        Assert.Equal(36.1, DataLint.Of(sorted).LabelRuns, 6);
    }

    [Fact]
    public void Of_BytesAsTheyAre_HaveTheirRange()
    {
        PlantedSet raw = new(Healthy.Train)
        {
            Change = (_, values) =>
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] *= 255;
                }
            },
        };

        DataReport report = DataLint.Of(raw);

        Assert.InRange(report.High, 200, 255);
        Assert.InRange(DataScaleFindings.Size(report), 60, 200);
        Assert.InRange(DataScaleFindings.Size(DataLint.Of(Healthy.Train)), 0.2, 0.8);
    }

    [Theory]
    [InlineData(false, -1, 0)]
    [InlineData(true, 0.2, 1.5)]
    public void Of_ColoursBesideEachOther_HaveAPeriod(bool interleaved, double low, double high) =>
        Assert.InRange(DataLint.Of(new TintedPictures(40, 5, interleaved)).PeriodExcess, low, high);

    [Fact]
    public void Of_MoreItemsThanAreRead_ReadsTheMostEvenlySpread()
    {
        PlantedSet train = new(new CornerImages(30_000, 1)),
            test = new(new CornerImages(10_000, 2));

        DataReport report = DataLint.Of(train, test: test);

        Assert.Equal((20_000, 5_000), (report.Looked, report.OthersLooked));
        Assert.Equal((15_000, 5_000), (train.Reads, test.Reads));
        Assert.Equal(30_000, report.TrainPerClass.Sum()); // labels are all read
    }

    [Fact]
    public void Of_Samples_LooksAtTheirFirstInput()
    {
        DataReport report = DataLint.Of(new Scaled(40, 200), new Scaled(8, 1), null)!;

        Assert.Equal(48, report.Looked);
        Assert.True(report.High > 100, $"{report.High}");
        Assert.InRange(report.TestChannelDeviations[0] / report.ChannelDeviations[0], 0.004, 0.006);
    }

    private sealed class Scaled(int count, float factor) : ISampleSet
    {
        public string Name => "scaled";

        public int Count => count;

        public Sample Read(int index) =>
            new(
                [Tensor.Uniform([2, 6], 0, factor, new Rng((ulong)index + 1))],
                [Tensor.Uniform([1], 0, 1, new Rng(9).Split((ulong)index))]
            );
    }
}
