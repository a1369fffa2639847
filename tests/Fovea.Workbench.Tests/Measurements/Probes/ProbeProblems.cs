using Fovea.Data;

namespace Fovea.Workbench.Tests;

/// <summary>The loss sum of s w² / 2, whose curvature is known; and w is all that there is of a network.</summary>
internal sealed class Bowl : Module
{
    public Bowl(params float[] start)
    {
        W = new Parameter([start.Length], new Constant(0.0));
        W.CopyFrom(Tensor.From(start, [start.Length]));
    }

    public Parameter W { get; }

    public override Tensor Forward(Tensor x) => x + W;

    /// <summary>Some items, all of them 0.</summary>
    public Batch Items(int count) => ProbeProblems.BatchOf(Tensor.Zeros([count, (int)W.Count]), new long[count]);

    /// <summary>What a probe is given.</summary>
    public ProbeContext Context(Optimizer optimizer, params double[] curvatures)
    {
        Tensor s = Tensor.From(curvatures, [curvatures.Length]);
        return new ProbeContext
        {
            Model = this,
            Optimizer = optimizer,
            Loss = (outputs, _) => (outputs[0].Square() * s.To(outputs[0].DType)).Sum([1]).Mean() * 0.5,
            Current = Items(4),
            Train = [Items(4), Items(4)],
            Coming = n => [.. Enumerable.Range(0, n).Select(_ => Items(4))],
        };
    }
}

/// <summary>The square, by an operator of its own; its gradient is right, wrong by a factor, or opaque.</summary>
internal sealed class OwnSquare(double factor, bool isOpaque = false) : Operator
{
    public override string Name => "OwnSquare";

    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    public override GradientReads? Reads(ReadOnlySpan<bool> needs) => isOpaque ? null : GradientReads.Inputs(0);

    protected override Tensor Forward(OperatorCall call)
    {
        Tensor x = call.Inputs[0].Detach();
        if (isOpaque)
        {
            call.Save(x);
        }

        return x * x;
    }

    protected override void Differentiate(GradientCall call) =>
        call.Give(0, call.Gradient() * call.Input(0) * (2.0 * factor));

    protected override void Backward(OperatorCall call, Tensor gradient) =>
        call.Accumulate(0, gradient * call.Saved[0] * (2.0 * factor));
}

internal static class ProbeProblems
{
    private static readonly CrossEntropy Entropy = new();

    public static Batch BatchOf(Tensor inputs, long[] labels) =>
        new(inputs, Tensor.From(labels, [labels.Length]), [.. Enumerable.Range(0, labels.Length)]);

    public static Tensor Loss(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
        Entropy.Forward(outputs[0], targets[0]);

    /// <summary>Evaluation of labelled items.</summary>
    public static ProbeContext Labelled(Module model, int classes, params Batch[] batches) =>
        new()
        {
            Model = model,
            Loss = Loss,
            Classes = classes,
            Train = batches,
            HeldOut = batches,
            Seed = 3,
        };

    /// <summary>A network with all kinds of state, a few updates into its training, with gradients left.</summary>
    public static ProbeContext Training(string optimizer = "adam", Module? network = null)
    {
        Module model = network ?? TinyNet.Create();
        Optimizer rule = Optimizer.Parse(optimizer, model, 0.01);
        Batch[] all = [.. Loader().Epoch(0)];
        foreach (Batch batch in all)
        {
            model.ZeroGrad();
            Loss(model.ForwardAll(batch.AllInputs), batch.AllTargets).Backward();
            rule.Step();
        }

        return new ProbeContext
        {
            Model = model,
            Optimizer = rule,
            Loss = Loss,
            Classes = 3,
            Current = all[0],
            Train = all,
            HeldOut = all[1..],
            Coming = n => [.. Enumerable.Range(0, n).Select(i => all[i % all.Length])],
            Step = all.Length,
            Seed = 3,
        };
    }

    public static Loader Loader() =>
        new(
            new CornerImages(36, 1),
            new LoaderOptions
            {
                BatchSize = 12,
                Seed = 1,
                Workers = 0,
            }
        );

    public static Measurements Measured(params double[] losses) =>
        new()
        {
            Run = new MeasuredRun { Model = "bowl", Optimizer = "sgd" },
            Steps = [.. losses.Select((l, i) => new MeasuredStep { Step = i, Loss = l })],
        };

    public static MeasuredProbe One(Probe probe, ProbeContext context) =>
        Assert.Single(ProbeRunner.Run(probe, context));

    public static void AssertNear(double expected, double actual, double relative) =>
        Assert.True(
            Math.Abs(expected - actual) <= relative * Math.Max(Math.Abs(expected), 1e-300),
            $"expected {expected:G9}, got {actual:G9}"
        );
}
