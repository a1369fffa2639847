using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class ReviveProbeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Try_DeadUnitsThatWouldBeOfUse_LowersTheLoss(bool normalized)
    {
        Bent model = new(normalized);
        MeasuredProbe line = One(new ReviveProbe(), Context(model, dead: 4));

        // With all units dead the mean target is all that can be learned; its variance stays, that of the sum of two.
        Assert.Equal("hidden", line.Layer);
        Assert.Equal(4.0, line["units"]);
        Assert.InRange(line["loss"], 1.5, 3.0);
        Assert.True(
            line["loss"] - line["revived"] > 3 * line["error"],
            $"loss {line["loss"]}, revived {line["revived"]}, error {line["error"]}"
        );
    }

    [Fact]
    public void Try_NoneDead_HasNothingToSay()
    {
        Assert.Empty(ProbeRunner.Run(new ReviveProbe(), Context(new Bent(false), dead: 0)));
    }

    private static ProbeContext Context(Bent model, int dead)
    {
        Tensor x = Tensor.Normal([64, 2], rng: new Rng(1));
        Fovea.Data.Batch batch = new(x, x.Narrow(1, 0, 1) + x.Narrow(1, 1, 1), [.. Enumerable.Range(0, 64)]);
        return new ProbeContext
        {
            Model = model,
            Optimizer = new SGD(model, 0.1),
            Loss = (outputs, targets) => (outputs[0] - targets[0]).Square().Mean(),
            Train = [batch],
            Coming = n => [.. Enumerable.Repeat(batch, n)],
            Measured = new Measurements
            {
                Run = new MeasuredRun
                {
                    Model = "bent",
                    Optimizer = "sgd",
                    Points =
                    [
                        new("hidden", PointKind.Filters, "linear", 0, 4, 1, [], false, null, null),
                        new("relu", PointKind.Activation, "relu", 0, 4, 1, [0], false, null, null),
                    ],
                },
                Epochs =
                [
                    new MeasuredEpoch
                    {
                        Epoch = 1,
                        Step = 10,
                        DeadUnits = [-1, dead],
                    },
                ],
            },
        };
    }

    /// <summary>Two layers, of which the first has dead units alone.</summary>
    private sealed class Bent : Module
    {
        private readonly Linear _hidden;
        private readonly BatchNorm1d? _norm;
        private readonly ReLU _relu = new();
        private readonly Linear _head = new(4, 1);

        public Bent(bool normalized)
        {
            _hidden = new Linear(2, 4, bias: !normalized);
            _hidden.Weight.CopyFrom(Tensor.From([1f, 0f, 0f, 1f, 1f, 1f, -1f, -1f], [4, 2]));
            _norm = normalized ? new BatchNorm1d(4) : null;
            (_norm?.Bias ?? _hidden.Bias)!.CopyFrom(Tensor.Full([4], -20.0));
            _head.Weight.CopyFrom(Tensor.Full([1, 4], 0.5));
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor z = _hidden.Forward(x);
            return _head.Forward(_relu.Forward(_norm?.Forward(z) ?? z));
        }
    }
}
