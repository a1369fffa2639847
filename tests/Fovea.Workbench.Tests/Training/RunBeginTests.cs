using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>Real runs on a few hundred shapes with faults planted in the data: what is said before the first epoch, and what the
/// measurements say at the end.</summary>
public sealed class RunBeginTests
{
    private static readonly TrainingOptions Few = new()
    {
        Epochs = 1,
        Batch = 32,
        LearningRate = 1e-3,
        Optimizer = "adam",
        Schedule = "constant",
        Preflight = false,
        Validation = 0,
    };

    private static readonly DataSource Healthy = PlantedSet.Shapes(300, 100);

    [Fact]
    public void Fit_Healthy_SaysNothingBeforeTheFirstEpoch()
    {
        Heard heard = Fit(Healthy);

        Assert.Empty(heard.Before);
        Assert.Equal(400, heard.Measured.Data!.Looked);
        Assert.NotNull(heard.Measured.LastProbe("first-batch"));
        Assert.Equal(100, heard.Measured.Test!.Part.Items);
    }

    [Theory]
    [InlineData("leak", "fix 3.15", "20 of the 100 items held out or tested are also among those learned from")]
    [InlineData("class order", "fix 3.15", "same classes in another order")]
    [InlineData("blank", "fix 3.15", "250 of 400 items are blank: all their values are equal")]
    [InlineData("other pipeline", "fix 3.15", "The parts are fed with other values")]
    [InlineData("imbalance", "look 3.15", "Classes have 2 (disc) to 30 items")]
    [InlineData("contradictions", "fix 3.15", "items equal another of a different class")]
    public void Fit_PlantedData_IsNamedBeforeTheFirstEpoch(string kind, string start, string text)
    {
        string said = Assert.Single(Fit(Planted(kind)).Before);

        Assert.StartsWith(start, said, StringComparison.Ordinal);
        Assert.Contains(text, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_SoftmaxInTheNetwork_IsNamedBeforeTheFirstEpoch()
    {
        string said = Assert.Single(Fit(Healthy, softmax: true).Before);

        Assert.StartsWith("fix 3.20", said, StringComparison.Ordinal);
        Assert.Contains("Outputs are probabilities already", said, StringComparison.Ordinal);
    }

    /// <summary>Corners that a network of one hidden layer learns within an epoch, or, with labels dealt out anew, by
    /// heart.</summary>
    [Theory]
    [InlineData(true, Verdict.Fix, Cause.ShuffledLabels)]
    [InlineData(false, Verdict.Ok, "")]
    public void Fit_LabelsDealtOutAnew_AreNamedByTheMeasurements(bool shuffled, Verdict verdict, string cause)
    {
        CornerImages own = new(1000, 1);
        int[] order = new Rng(11).Permutation(own.Count);
        PlantedSet train = new(own) { Relabel = (i, label) => shuffled ? own.Label(order[i]) : label };
        Sequential network = [new Flatten(), new Linear(64, 256), new ReLU(), new Linear(256, 3)];
        network.Initialize(2);
        using TemporaryFolder folder = new();
        TrainingOptions options = Few with
        {
            Epochs = 60,
            Batch = 50,
            LearningRate = 3e-3,
            Validation = 0.2,
            Out = folder.File("run"),
        };

        Trainer.Fit(network, new DataSource("corners", "generated", train, new CornerImages(60, 2)), options);
        Answer answer = new ClassesAndInputs().Of(MeasurementFiles.Read(options.Out)!);

        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"{answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
    }

    /// <summary>A loop without shuffling, over items sorted by class, by the books that a run keeps.</summary>
    [Theory]
    [InlineData(false, Verdict.Fix, Cause.Unshuffled)]
    [InlineData(true, Verdict.Ok, "")]
    public void Books_SortedItems_AreNamedUnlessShuffled(bool shuffle, Verdict verdict, string cause)
    {
        PlantedSet sorted = new(Healthy.Train) { Order = [.. Enumerable.Range(0, 300).OrderBy(Healthy.Train.Label)] };
        Loader loader = new(
            sorted,
            new LoaderOptions
            {
                BatchSize = 16,
                Shuffle = shuffle,
                Seed = 4,
                Workers = 0,
            }
        );
        FeedBook book = new(10);
        List<MeasuredEpoch> epochs = [];
        for (int e = 1; e <= 2; e++)
        {
            foreach (Batch batch in loader.Epoch(e))
            {
                book.Add(batch, Tensor.Zeros([batch.Indices.Count, 10]));
            }

            epochs.Add(book.Close(new MeasuredEpoch { Epoch = e, Step = 19 * e }));
        }

        Answer answer = new ClassesAndInputs().Of(
            new Measurements
            {
                Run = new MeasuredRun
                {
                    Model = "net",
                    Optimizer = "sgd",
                    Classes = sorted.Classes,
                    TrainItems = 300,
                    Batch = 16,
                },
                Epochs = epochs,
                Data = DataLint.Of(sorted),
            }
        );

        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"{answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
    }

    // The labels of an epoch that broke off are few of all: its mixture is told against all labels seen.
    [Fact]
    public void Close_AfterAnEpochThatBrokeOff_MeasuresTheMixtureAgainstAllLabels()
    {
        FeedBook book = new(2);
        book.Add(Fed([0, 1, 2, 3], [0, 0, 0, 0]), Tensor.Zeros([4, 2]));
        book.Add(Fed([4, 5, 6, 7], [1, 1, 1, 1]), Tensor.Zeros([4, 2]));
        book.Close(new MeasuredEpoch { Epoch = 1, Step = 2 });
        book.Add(Fed([0, 1, 2, 3], [0, 0, 0, 0]), Tensor.Zeros([4, 2]));

        Assert.Equal(0.0, book.Close(new MeasuredEpoch { Epoch = 2, Step = 3 }).LabelMix);
    }

    [Fact]
    public void Close_BatchesOfTheVeryItemsOfAnother_AreCounted()
    {
        FeedBook book = new(2);
        foreach (
            int[] items in (int[][])
                [
                    [0, 1, 2],
                    [2, 1, 0],
                    [3, 4, 5],
                    [0, 1, 2],
                    [3, 4, 6],
                ]
        )
        {
            book.Add(Fed(items, [0, 1, 0]), Tensor.Zeros([3, 2]));
        }

        Assert.Equal(2, book.Close(new MeasuredEpoch { Epoch = 1, Step = 5 }).BatchesRepeated);
        book.Add(Fed([0, 1, 2], [0, 1, 0]), Tensor.Zeros([3, 2]));
        Assert.Equal(0, book.Close(new MeasuredEpoch { Epoch = 2, Step = 6 }).BatchesRepeated);
    }

    private static Batch Fed(int[] items, long[] labels) =>
        new(Tensor.Zeros([items.Length, 1]), Tensor.From(labels, [labels.Length]), items);

    [Fact]
    public void Fit_FewItemsAndManyEpochs_NamesTheGapAtTheEnd()
    {
        Heard heard = Fit(PlantedSet.Shapes(60, 200), Few with { Epochs = 60, Batch = 10 });

        string said = Assert.Single(heard.After, n => n.Contains("3.12", StringComparison.Ordinal));
        Assert.Contains("of the 200 test items, a gap of", said, StringComparison.Ordinal);
        Assert.Contains("95 % interval", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_AfterARun_MeasurementsOfTheTestPartAreInTheFolder()
    {
        using TemporaryFolder folder = new();
        Fit(Healthy, Few with { Out = folder.File("run") });

        Measurements read = MeasurementFiles.Read(folder.File("run"))!;
        Assert.Equal((1, 100), (read.Test!.Epoch, read.Test.Part.Items));
        Assert.Equal(400, read.Data!.Looked);
    }

    private static DataSource Planted(string kind) =>
        kind switch
        {
            "leak" => PlantedSet.With(
                Healthy,
                test: new PlantedSet(new Joined(Healthy.Train, Healthy.Test))
                {
                    Order = [.. Enumerable.Range(0, 20), .. Enumerable.Range(320, 80)],
                }
            ),
            "class order" => PlantedSet.With(
                Healthy,
                test: new PlantedSet(Healthy.Test) { ClassNames = [.. Healthy.Test.Classes.Reverse()] }
            ),
            "blank" => PlantedSet.With(
                Healthy,
                new PlantedSet(Healthy.Train)
                {
                    Change = (i, values) =>
                    {
                        if (i >= 50)
                        {
                            Array.Fill(values, 0.5f);
                        }
                    },
                }
            ),
            "other pipeline" => PlantedSet.With(
                Healthy,
                test: new PlantedSet(Healthy.Test)
                {
                    Change = (_, values) =>
                    {
                        for (int i = 0; i < values.Length; i++)
                        {
                            values[i] *= 255;
                        }
                    },
                }
            ),
            "imbalance" => PlantedSet.With(
                Healthy,
                new PlantedSet(Healthy.Train)
                {
                    Order = [.. Enumerable.Range(0, 300).Where(i => i < 20 || i % 10 != 0)],
                }
            ),
            "contradictions" => PlantedSet.With(
                Healthy,
                new PlantedSet(Healthy.Train)
                {
                    Order = [.. Enumerable.Range(0, 280), .. Enumerable.Range(0, 20)],
                    Relabel = (i, label) => i < 280 ? label : (label + 1) % 10,
                }
            ),
            _ => throw new ArgumentException(kind),
        };

    private static Sequential Net(bool softmax)
    {
        Sequential network =
        [
            new Conv2d(1, 8, 3, stride: 2, padding: 1),
            new BatchNorm2d(8),
            new ReLU(),
            new Conv2d(8, 16, 3, stride: 2, padding: 1),
            new BatchNorm2d(16),
            new ReLU(),
            new Flatten(),
            new Linear(16 * 64, 10),
        ];
        if (softmax)
        {
            network.Add("softmax", new Softmax(1));
        }

        network.Initialize(2);
        return network;
    }

    private static Heard Fit(DataSource source, TrainingOptions? options = null, bool softmax = false)
    {
        using TemporaryFolder folder = new();
        options = (options ?? Few) is var o && o.Out is null ? o with { Out = folder.File("run") } : o;
        Heard heard = new();
        Trainer.Fit(Net(softmax), source, options, observer: heard);
        heard.Measured = MeasurementFiles.Read(options.Out!)!;
        return heard;
    }

    /// <summary>Two sets behind one another.</summary>
    private sealed class Joined(IDataset first, IDataset second) : IDataset
    {
        public string Name => "joined";

        public int Count => first.Count + second.Count;

        public Shape ItemShape => first.ItemShape;

        public IReadOnlyList<string> Classes => first.Classes;

        public int Label(int index) => index < first.Count ? first.Label(index) : second.Label(index - first.Count);

        public void Read(int index, Span<float> destination)
        {
            if (index < first.Count)
            {
                first.Read(index, destination);
            }
            else
            {
                second.Read(index - first.Count, destination);
            }
        }
    }

    private sealed class Heard : TrainingObserver
    {
        private bool _learning;

        public List<string> Before { get; } = [];

        public List<string> After { get; } = [];

        public Measurements Measured { get; set; } = null!;

        public override void Progressed(TrainingProgress progress) => _learning = true;

        public override void Found(Answer answer) => Notice(TrainingRemarks.Say(answer));

        public override void Notice(string text) => (_learning ? After : Before).Add(text);
    }
}
