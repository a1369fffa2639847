using Fovea.Data;

namespace Fovea.Workbench.Tests.Questions.Stacks;

/// <summary>Real losses, outputs and targets, tried together before the first update.</summary>
public sealed class LossFitsTargetsTests
{
    private const int Items = 64,
        Features = 8,
        Classes = 5;

    public static TheoryData<string, Verdict, string> Cases =>
        new()
        {
            { "cross entropy", Verdict.Ok, "" },
            { "log-softmax twice", Verdict.Ok, "" },
            { "zero last layer", Verdict.Ok, "" },
            { "softmax twice", Verdict.Fix, Cause.OutputActivation },
            { "sigmoid before cross entropy", Verdict.Fix, Cause.OutputActivation },
            { "relu before cross entropy", Verdict.Fix, Cause.OutputActivation },
            { "softmax over the items", Verdict.Fix, Cause.LossShape },
            { "likelihood of scores", Verdict.Fix, Cause.OutputActivation },
            { "likelihood of shares", Verdict.Ok, "" },
            { "squares of classes", Verdict.Look, Cause.LossKind },
            { "squares of shares", Verdict.Look, Cause.LossKind },
            { "squares of numbers", Verdict.Fix, Cause.LossKind },
            { "turned sign", Verdict.Fix, Cause.LossKind },
            { "sum", Verdict.Look, Cause.LossScale },
            { "sum at a high rate", Verdict.Fix, Cause.LossScale },
            { "too wide", Verdict.Look, Cause.ClassCount },
            { "one softmax output", Verdict.Fix, Cause.OutputActivation },
            { "squares", Verdict.Ok, "" },
            { "squares broadcast", Verdict.Fix, Cause.LossShape },
            { "sigmoid and squares", Verdict.Ok, "" },
            { "binary", Verdict.Ok, "" },
            { "binary after sigmoid", Verdict.Fix, Cause.OutputActivation },
            { "binary of regression", Verdict.Fix, Cause.LossKind },
            { "clamped", Verdict.Fix, Cause.Disconnected },
            { "clamped far above", Verdict.Ok, "" },
            { "label 0 ignored", Verdict.Fix, Cause.LossKind },
            { "weights of classes", Verdict.Ok, "" },
            { "smoothed", Verdict.Ok, "" },
            { "focal", Verdict.Ok, "" },
            { "magnitudes of weights", Verdict.Look, Cause.OverRegularized },
            { "squares of weights", Verdict.Ok, "" },
            { "a thousandth of the scores", Verdict.Fix, Cause.Vanishing },
            { "a twentieth of the scores", Verdict.Look, Cause.Vanishing },
            { "half of the scores", Verdict.Ok, "" },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Judge_OutputsLossAndTargets_AreToldBeforeTheFirstUpdate(string kind, Verdict verdict, string cause)
    {
        Answer answer = Judge(kind);

        Assert.True(
            (verdict, cause) == (answer.Verdict, answer.Cause),
            $"{kind}: expected {verdict} {cause}, got {answer.Verdict} {answer.Cause}: {answer.Finding}"
        );
    }

    // Five scores of which the right is 1 and the others 0: ln(1 + 4/e) = 0.905.
    [Fact]
    public void Judge_SoftmaxTwice_KnowsTheFloorOfTheLoss() =>
        Assert.Contains("cannot fall below 0.905", Judge("softmax twice").Finding, StringComparison.Ordinal);

    [Fact]
    public void Judge_NothingTried_CannotTell() =>
        Assert.Equal(
            Verdict.CannotTell,
            new LossFitsTargets().Ask(MeasuredRuns.Chain().Train(100, MeasuredRuns.Falling).Evidence).Verdict
        );

    [Fact]
    public void Judge_OneTargetThroughout_SaysWhatCouldNotBeTold()
    {
        Answer answer = Judge("one class");

        Assert.Equal(Verdict.Ok, answer.Verdict);
        Assert.Contains("the items tried have one target", answer.Finding, StringComparison.Ordinal);
    }

    // A gradient of the penalty four times that of the data; a cross-entropy of 1.1 or 0.1, where ln 10 is 2.3.
    [Theory]
    [InlineData(0.8, 1.1, Verdict.Fix)]
    [InlineData(0.8, 0.1, Verdict.Look)] // it learns all the same
    [InlineData(0.2, 1.1, Verdict.Look)]
    [InlineData(0.01, 1.1, Verdict.Ok)]
    public void Judge_PenaltyOfARun_IsFixWhereItHardlyLearns(double penalty, double loss, Verdict verdict)
    {
        MeasuredRuns run = MeasuredRuns
            .Chain()
            .Probe("first-batch", ("loss", 2.3), ("penaltySlope", penalty), ("dataSlope", 0.2), ("slope", 0.1))
            .Train(200, MeasuredRuns.Falling)
            .Epoch(4, e => e with { Train = new MeasuredPart(200, loss, 0.02, 100) });

        Answer answer = new LossFitsTargets().Ask(run.Evidence);

        Assert.Equal((verdict, verdict == Verdict.Ok ? "" : Cause.OverRegularized), (answer.Verdict, answer.Cause));
    }

    private static Answer Judge(string kind)
    {
        (Module end, int width, bool labels) = EndOf(kind);
        Sequential network = [];
        network.Add("hidden", new Linear(Features, 32));
        network.Add("act", new ReLU());
        network.Add("fc", new Linear(32, width));
        network.Add("end", end);
        network.Initialize(3);
        if (kind == "zero last layer")
        {
            network.Parameters().Where(p => p.Shape.Sizes[0] == width).ToList().ForEach(p => p.Fill(0));
        }

        SGD optimizer = new(network, learningRate: kind == "sum at a high rate" ? 0.1 : 0.001);
        double penalty =
            kind == "magnitudes of weights" ? 0.05
            : kind == "squares of weights" ? 1e-3
            : 0;
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss = (o, t) =>
            network
                .Parameters()
                .Where(_ => penalty > 0)
                .Aggregate(
                    LossOf(kind)(o[0], t[0]),
                    (sum, w) => sum + ((kind == "squares of weights" ? w.Square() : w.Abs()).Sum() * penalty)
                );
        Batch batch = BatchOf(kind, labels);
        Watched watched = Watched.Of(
            network,
            optimizer,
            batch.AllInputs,
            loss,
            new MeasuredRun
            {
                Model = "net",
                Optimizer = "sgd",
                LearningRate = optimizer.LearningRate,
                Batch = Items,
            }
        );
        MeasuredProbe line = ProbeRunner
            .Run(
                new FirstBatchProbe(),
                new ProbeContext
                {
                    Model = network,
                    Loss = loss,
                    Classes = labels && width == Classes ? Classes : 0,
                    Train = [batch],
                    Seed = 1,
                }
            )
            .Single();
        return new LossFitsTargets().Of(new Measurements { Run = watched.Run, Probes = [line] });
    }

    private static (Module End, int Width, bool Labels) EndOf(string kind) =>
        kind switch
        {
            "softmax twice" or "likelihood of shares" => (new Softmax(1), Classes, true),
            "log-softmax twice" => (new LogSoftmax(1), Classes, true),
            "softmax over the items" => (new Softmax(0), Classes, true),
            "sigmoid before cross entropy" => (new Sigmoid(), Classes, true),
            "relu before cross entropy" => (new ReLU(), Classes, true),
            "one softmax output" => (new Softmax(1), 1, false),
            "sigmoid and squares" or "binary after sigmoid" => (new Sigmoid(), 1, false),
            "squares" or "squares broadcast" or "binary" or "binary of regression" => (new Identity(), 1, false),
            "too wide" => (new Identity(), 100, true),
            _ => (new Identity(), Classes, true),
        };

    private static Func<Tensor, Tensor, Tensor> LossOf(string kind) =>
        kind switch
        {
            "squares of classes" => (o, t) => (o - t.OneHot(Classes)).Square().Mean(),
            "squares of shares" => (o, t) => (new Softmax(1).Forward(o) - t.OneHot(Classes)).Square().Mean(),
            "squares of numbers" => (o, t) => (o - t.To(DType.Float32).Reshape([t.Shape[0], 1])).Square().Mean(),
            "likelihood of scores" or "likelihood of shares" => (o, t) =>
                -(o.Log() * t.OneHot(Classes)).Sum() / o.Shape[0],
            "turned sign" => (o, t) => -new CrossEntropy().Forward(o, t),
            "sum" or "sum at a high rate" => new CrossEntropy { Reduction = LossReduction.Sum }.Forward,
            "squares" or "sigmoid and squares" => new MeanSquaredError().Forward,
            "clamped" => (o, t) => new CrossEntropy().Forward(o, t).Clamp(high: 1),
            "clamped far above" => (o, t) => new CrossEntropy().Forward(o, t).Clamp(high: 1000),
            "label 0 ignored" => new CrossEntropy { IgnoredLabel = 0 }.Forward,
            "weights of classes" => new CrossEntropy
            {
                ClassWeights = Tensor.From([0.1f, 1f, 1f, 2f, 1f], [Classes]),
            }.Forward,
            "smoothed" => new CrossEntropy(labelSmoothing: 0.1).Forward,
            "focal" => (o, t) =>
            {
                Tensor log = (new LogSoftmax(1).Forward(o) * t.OneHot(Classes)).Sum([1]);
                return -(log * (1.0 - log.Exp()).Square()).Mean();
            },
            "a thousandth of the scores" => (o, t) => new CrossEntropy().Forward(o * 0.001, t),
            "a twentieth of the scores" => (o, t) => new CrossEntropy().Forward(o * 0.05, t),
            "half of the scores" => (o, t) => new CrossEntropy().Forward(o * 0.5, t),
            "squares broadcast" => (o, t) => (o - t).Square().Mean(), // [N, 1] - [N] is [N, N]
            "one softmax output" => (o, t) => (o - t).Square().Mean(),
            "binary" or "binary after sigmoid" or "binary of regression" => new BinaryCrossEntropyWithLogits().Forward,
            _ => new CrossEntropy().Forward,
        };

    private static Batch BatchOf(string kind, bool labels)
    {
        Rng rng = new(7);
        Tensor inputs = Tensor.Normal([Items, Features], rng: rng);
        Tensor targets = labels
            ? Tensor.From([.. Enumerable.Range(0, Items).Select(i => kind == "one class" ? 0L : i % Classes)], [Items])
            : Tensor.From(
                [
                    .. Enumerable
                        .Range(0, Items)
                        .Select(i => kind == "binary of regression" ? 5 * rng.NextSingle() : i % 2),
                ],
                kind == "squares broadcast" ? [Items] : [Items, 1]
            );
        return new Batch(inputs, targets, [.. Enumerable.Range(0, Items)]);
    }
}
