using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.10, 1.11, 1.12, 2.7 and 3.8: what probes found at the end of a run.</summary>
public sealed class TrainedLayersTests
{
    public static TheoryData<Type> Questions =>
        [
            typeof(FirstFiltersMeasured),
            typeof(FiltersMeasured),
            typeof(FilterImportance),
            typeof(EffectiveFieldMeasured),
            typeof(PositionKept),
        ];

    [Theory]
    [MemberData(nameof(Questions))]
    public void Ask_RunThatWasStopped_CannotTellAndSaysWhy(Type question)
    {
        Evidence evidence = new(Graph.Trace(TinyNet.Create(), [1, 8, 8], training: true), "net")
        {
            Measured = Chain().Train(3, Falling).Evidence.Measured,
        };

        Answer answer = ((MeasuredQuestion)Activator.CreateInstance(question)!).Ask(evidence);

        Networks.AssertVerdict(Verdict.CannotTell, answer);
        Assert.Contains("was not made: it is at the end of a run", answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void Ask_UntracedNetwork_CannotTellAndSaysWhy(Type question)
    {
        MeasuredRuns run = Chain().Train(3, Falling).With(r => r with { Untraced = "it reads values." });
        foreach (string probe in (string[])["filters", "ablation", "field", "position"])
        {
            run.Probe(probe);
        }

        Answer answer = Ask((MeasuredQuestion)Activator.CreateInstance(question)!, run);

        Networks.AssertVerdict(Verdict.CannotTell, answer);
        Assert.Contains("it reads values.", answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 0, Verdict.Ok)] // hardly trained
    [InlineData(2000, 0, Verdict.Look)]
    [InlineData(2000, 1, Verdict.Ok)]
    public void FirstFilters_NoiseAtTheEnd_IsToLookAt(int updates, int structured, Verdict verdict)
    {
        Answer answer = Ask(
            new FirstFiltersMeasured(),
            Chain()
                .Train(updates, Falling)
                .ProbeOf(
                    "filters",
                    "conv",
                    ("frequencies", 3.5),
                    ("most", 5),
                    ("random", 3.6),
                    ("structured", structured)
                )
        );

        Networks.AssertVerdict(verdict, answer);
        Assert.Contains(structured > 0 ? "are structured" : "noise", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void FirstFilters_NoKernelReadsTheInput_IsNotApplicable() =>
        Networks.AssertVerdict(
            Verdict.NotApplicable,
            Ask(new FirstFiltersMeasured(), Chain().ProbeOf("filters", "fc0", ("filters", 64), ("taps", 1)))
        );

    [Theory]
    [InlineData(0.24, 0, 0.9, Verdict.Ok)]
    [InlineData(0.26, 0, 0.9, Verdict.Look)]
    [InlineData(0.0, 17, 0.9, Verdict.Look)] // of 64 compared
    [InlineData(0.0, 15, 0.26, Verdict.Ok)]
    [InlineData(0.0, 15, 0.24, Verdict.Look)] // ResNet-18's layer4.1.conv2 has 0.22
    public void Filters_RedundantAtTheEnd_AreToLookAt(double sparsity, int copies, double entropy, Verdict verdict)
    {
        MeasuredRuns run = Chain().Train(1, Falling);
        Probe(run, 0.0, 0, 1.0);
        run.Train(1, Falling);
        Probe(run, sparsity, copies, entropy);

        Answer answer = Ask(new FiltersMeasured(), run);

        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Look ? ["conv"] : [], answer.Layers);
    }

    [Fact]
    public void Filters_RedundantFromTheStart_AreMeant()
    {
        MeasuredRuns run = Chain().Train(1, Falling);
        Probe(run, 0.5, 32, 0.1);
        run.Train(1, Falling);
        Probe(run, 0.5, 32, 0.1);

        Networks.AssertVerdict(Verdict.Ok, Ask(new FiltersMeasured(), run));
    }

    [Fact]
    public void Filters_EffectiveRank_OfTheNarrowestActivationIsNamed()
    {
        MeasuredRuns run = Chain().Train(1, Falling);
        Probe(run, 0.0, 0, 1.0);
        run.Epoch(
            1,
            e => e with { EffectiveRank = [.. Enumerable.Range(0, 8).Select(i => i == Activation(1) ? 3.25 : 40.0)] }
        );

        Answer answer = Ask(new FiltersMeasured(), run);

        Assert.Equal(3.25, answer.Measured.Single(q => q.Name == "effectiveRank").Value);
        Assert.Contains("act1 uses 3.2 of 64 directions", answer.Finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, Verdict.Ok)]
    [InlineData(3, Verdict.Ok)]
    [InlineData(4, Verdict.Look)]
    public void Importance_FiltersWithoutEffect_AreToLookAt(int without, Verdict verdict)
    {
        List<(string, double)> values =
        [
            ("loss", 0.5),
            ("items", 128),
            ("filters", 64),
            ("tried", 8),
            ("without", without),
            ("rise17", 0.3),
            ("error17", 0.05),
        ];
        for (int i = 0; i < 7; i++)
        {
            values.Add(($"rise{i}", i < without ? 0.0 : 0.1));
            values.Add(
                (
                    $"error{i}",
                    i < without ? 0.0
                    : i == 6 ? 0.06
                    : 0.05
                )
            );
        }

        Answer answer = Ask(new FilterImportance(), Chain().Train(1, Falling).ProbeOf("ablation", "conv", [.. values]));

        Networks.AssertVerdict(verdict, answer);
        Assert.Contains("filter 17 of conv matters most", answer.Finding, StringComparison.Ordinal);
        Assert.Contains("by 0.3 +- 0.098", answer.Finding, StringComparison.Ordinal); // 1.96 x 0.05
        // 0.1 is beyond 1.96 x 0.05, and within 1.96 x 0.06.
        Assert.Equal(
            (8.0, without + 1.0, (double)without),
            (Measured("tried"), Measured("withoutSureEffect"), Measured("withoutEffect"))
        );

        double Measured(string name) => answer.Measured.Single(q => q.Name == name).Value;
    }

    [Theory]
    [InlineData(8, Verdict.Ok)]
    [InlineData(7, Verdict.Look)]
    [InlineData(0, Verdict.Look)] // nothing reaches it
    public void EffectiveField_QuarterOfWhatStructureSays_IsToLookAt(int side, Verdict verdict)
    {
        Answer answer = Ask(
            new EffectiveFieldMeasured(),
            Chain()
                .Train(1, Falling)
                .ProbeOf(
                    "field",
                    "conv",
                    ("side50", side / 2),
                    ("side95", side),
                    ("predicted0", 32),
                    ("predicted1", 30)
                )
        );

        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(32.0, answer.Number("receptiveField"));
    }

    [Theory]
    [InlineData(0.9, 0.02, Verdict.Ok, "It is lost at gap, which has no positions")]
    [InlineData(0.2, 0.02, Verdict.Look, "At conv more than half of it is lost")]
    [InlineData(0.9, 0.8, Verdict.Ok, "Even at gap, which has no positions, it can be read")]
    public void Position_LostBeforeTheLastMap_IsToLookAt(double map, double pooled, Verdict verdict, string says)
    {
        Answer answer = Ask(new PositionKept(), Places(0.97, map, pooled));

        Networks.AssertVerdict(verdict, answer);
        Assert.Contains(says, answer.Finding, StringComparison.Ordinal);
        Assert.Contains("(4x4)", answer.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Position_NotReadFromTheInput_CannotBeTold() =>
        Networks.AssertVerdict(Verdict.CannotTell, Ask(new PositionKept(), Places(0.4, 0.3, 0.0)));

    [Fact]
    public void FieldAndPosition_NoSpatialAxes_AreNotApplicable()
    {
        MeasuredRuns run = Chain().Train(1, Falling).Probe("field").Probe("position");

        Networks.AssertVerdict(Verdict.NotApplicable, Ask(new EffectiveFieldMeasured(), run));
        Networks.AssertVerdict(Verdict.NotApplicable, Ask(new PositionKept(), run));
    }

    [Fact]
    public void Trained_RunToItsEnd_IsAnsweredWithoutAnythingToFix()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "run");
        Module net = TinyNet.Create();
        Trainer.Fit(
            net,
            CornerImages.Source(),
            new TrainingOptions
            {
                Epochs = 10,
                Batch = 12,
                LearningRate = 0.05,
                Preflight = false,
                Out = path,
            }
        );
        Measurements measured = Measurements.Read(path)!;
        Evidence evidence = new(Graph.Trace(net, [1, 8, 8], training: true), "net") { Measured = measured };

        Answer[] answers =
        [
            .. Questions.Select(t => ((MeasuredQuestion)Activator.CreateInstance(t.Data)!).Ask(evidence)),
        ];

        Assert.All(
            answers,
            a =>
                Assert.True(
                    // Ablation costs 45 steps, more than 30 updates pay for.
                    (a.Verdict is Verdict.Ok or Verdict.Look) == (a.Id != "1.12"),
                    $"{a.Id} {a.Verdict} {a.Finding}"
                )
        );
        Assert.Equal([0L, 30L], measured.ProbesOf("filters").Select(p => p.Step).Distinct());
        // Of the last epoch: 4 channels of at most 36 items.
        int relu = measured.Run.Points.ToList().FindIndex(p => p.Kind == PointKind.Activation);
        Assert.InRange(measured.Epochs[^1].EffectiveRank[relu], 1.0, 4.0);
    }

    [Fact]
    public void CheckUp_AnyNetwork_TriesWhatItIsWithoutEachFilter()
    {
        Answer answer = Diagnosis
            .CheckUp(
                new TrainingRequest
                {
                    Data = "shapes",
                    Model = "conv 4 3; relu; maxpool 4; flatten; linear classes",
                    TrainCount = 64,
                    TestCount = 32,
                    Batch = 16,
                    Preflight = false,
                },
                steps: 8
            )
            .Single(a => a.Id == "1.12");
        Assert.True(answer.Verdict is Verdict.Ok or Verdict.Look, answer.Finding);
    }

    private static MeasuredRuns Places(double input, double map, double pooled) =>
        Chain()
            .Train(1, Falling)
            .ProbeOf("position", "input0", ("read", input), ("positions0", 32), ("positions1", 32))
            .ProbeOf("position", "conv", ("read", map), ("positions0", 4), ("positions1", 4))
            .ProbeOf("position", "gap", ("read", pooled), ("positions0", 1), ("positions1", 1));

    private static void Probe(MeasuredRuns run, double sparsity, int copies, double entropy) =>
        run.ProbeOf(
            "filters",
            "conv",
            ("filters", 64),
            ("taps", 9),
            ("sparsity", sparsity),
            ("duplicates", copies),
            ("compared", 64),
            ("entropy", 2.0 * entropy),
            ("randomEntropy", 2.0)
        );
}
