namespace Fovea.Workbench.Tests.Questions;

/// <summary>Small networks with a planted fault, trained and diagnosed.</summary>
public sealed class MeasuredNetworkTests
{
    private static readonly TrainingOptions Usual = new()
    {
        Epochs = 40,
        Batch = 12,
        Optimizer = "sgd,momentum=0.9",
        LearningRate = 0.02,
        Schedule = "constant",
        Preflight = false,
        Seed = 5,
    };

    [Fact]
    public void TwentySigmoidLayers_Vanish()
    {
        IReadOnlyList<Answer> answers = Diagnose(Plain(20, 8, () => new Sigmoid()), Usual);
        Answer gradients = answers.Single(a => a.Id == "3.2");
        Networks.AssertVerdict(Verdict.Fix, gradients);
        Assert.Equal(Cause.Vanishing, gradients.Cause);
        // Each layer takes a sigmoid's 1/16 of the gradient's power at most.
        Assert.True(gradients.Measured.Single(q => q.Name == "drift").Value < -6, gradients.Finding);
    }

    [Fact]
    public void TwentyReluLayersByHesRule_KeepTheirGradients() =>
        Networks.AssertVerdict(
            Verdict.Ok,
            Diagnose(Plain(20, 32, () => new ReLU()), Usual with { Epochs = 15 }).Single(a => a.Id == "3.2")
        );

    [Fact]
    public void BiasOf100BelowOn12Of64Filters_AreTwelveDeadUnits()
    {
        Sequential net = Plain(2, 64, () => new ReLU());
        Conv2d first = (Conv2d)net.NamedModules().Single(m => m.Path == "conv0").Module;
        first.Bias!.CopyFrom(
            Tensor.From([.. Enumerable.Range(0, 64).Select(i => i % 5 == 0 && i < 60 ? -100f : 0f)], [64])
        );
        Answer dead = Diagnose(net, Usual with { Epochs = 12 }).Single(a => a.Id == "3.3");
        Networks.AssertVerdict(Verdict.Fix, dead);
        Assert.Equal(
            (12.0, 64.0, "conv0", 0L),
            (
                dead.Measured.Single(q => q.Name == "deadUnits").Value,
                dead.Measured.Single(q => q.Name == "units").Value,
                dead.Layers[0],
                dead.OnsetStep!.Value
            )
        );
    }

    [Fact]
    public void FrozenLayer_IsNamed()
    {
        Sequential net = Plain(3, 16, () => new ReLU());
        ((Conv2d)net.NamedModules().Single(m => m.Path == "conv1").Module).Weight.RequiresGrad = false;
        Answer still = Diagnose(net, Usual).Single(a => a.Id == "3.4");
        Networks.AssertVerdict(Verdict.Fix, still);
        Assert.Equal((Cause.Frozen, "conv1"), (still.Cause, still.Layers[0]));
    }

    [Fact]
    public void RateTimesAHundred_IsTooHigh()
    {
        IReadOnlyList<Answer> answers = Diagnose(
            Plain(4, 16, () => new ReLU()),
            Usual with
            {
                Optimizer = "adam",
                LearningRate = 0.5,
                Epochs = 60,
            }
        );
        Networks.AssertVerdict(Verdict.Fix, answers.Single(a => a.Id == "3.5"));
        Assert.Equal(Cause.RateTooHigh, answers[0].Cause);
    }

    [Fact]
    public void ConstantFirstValues_StayAlike()
    {
        Sequential net = Plain(3, 8, () => new ReLU(), new Constant(0.01));
        Answer alike = Diagnose(net, Usual with { Epochs = 12 }).Single(a => a.Id == "1.7");
        Networks.AssertVerdict(Verdict.Fix, alike);
        Assert.Equal(["conv0", "conv1", "conv2"], alike.Layers.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Healthy_HasNothingToFix(ulong seed)
    {
        IReadOnlyList<Answer> answers = Diagnose(TinyNet.Create(seed), Usual with { Seed = seed });
        Assert.True(answers[0].Verdict != Verdict.Fix, $"{answers[0].Id} {answers[0].Finding}");
        answers = Diagnose(Plain(3, 16, () => new ReLU(), seed: seed), Usual with { Seed = seed, Epochs = 60 });
        Assert.True(answers[0].Verdict != Verdict.Fix, $"{answers[0].Id} {answers[0].Finding}");
        Assert.All(
            answers,
            a =>
                Assert.True(
                    a.Id is "1.12" or "3.14" or "3.19" || a.Verdict != Verdict.CannotTell,
                    $"{a.Id} {a.Finding}"
                )
        );
    }

    private static IReadOnlyList<Answer> Diagnose(Module net, TrainingOptions options)
    {
        using TemporaryFolder folder = new();
        string run = Path.Combine(folder.Path, "run");
        Trainer.Fit(net, CornerImages.Source(), options with { Out = run });
        return Diagnosis.Of(
            new Evidence(Graph.Trace(net, [1, 8, 8], training: true), "net") { Measured = Measurements.Read(run) }
        );
    }

    private static Sequential Plain(
        int layers,
        int channels,
        Func<Module> activation,
        Initializer? rule = null,
        ulong seed = 1
    )
    {
        Sequential net = [];
        for (int i = 0; i < layers; i++)
        {
            net.Add(
                $"conv{i}",
                Networks.Filters(i == 0 ? 1 : channels, channels, 3, rule ?? new KaimingNormal(), bias: rule is null)
            );
            net.Add($"act{i}", activation());
        }

        net.Add("pool", new MaxPool2d(4));
        net.Add("flat", new Flatten());
        Linear last = new(4 * channels, 3);
        last.Weight.Initializer = rule ?? last.Weight.Initializer;
        net.Add("fc", last);
        net.Initialize(seed);
        return net;
    }
}
