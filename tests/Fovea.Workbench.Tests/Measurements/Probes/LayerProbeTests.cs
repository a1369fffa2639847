using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class LayerProbeTests
{
    [Fact]
    public void Try_LayerThatDoesNothing_IsNotMissed()
    {
        Chain model = new();
        ProbeContext context = Labelled(model, 2, BatchOf(Tensor.From([4f, 0f, 0f, 4f], [2, 2]), [0, 1]));

        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(new LayerProbe(), context);

        // first = identity, second = 3 times: scores of 12 and 0; without the second of 4 and 0.
        Assert.Equal(["first", "second", "wide"], lines.Select(l => l.Layer));
        double loss = Math.Log(1 + Math.Exp(-12));
        AssertNear(loss, lines[0]["loss"], 1e-2);
        AssertNear(lines[0]["loss"], lines[0]["skipped"], 1e-9);
        AssertNear(Math.Log(1 + Math.Exp(-4)), lines[1]["skipped"], 1e-5);
    }

    [Fact]
    public void Try_LayerDrawnAnewByARuleOfZeros_LeavesChance()
    {
        ProbeContext context = Labelled(new Chain(), 2, BatchOf(Tensor.From([4f, 0f, 0f, 4f], [2, 2]), [0, 1]));

        MeasuredProbe line = ProbeRunner.Run(new LayerProbe(), context)[1];

        AssertNear(Math.Log(2), line["redrawn"], 1e-6);
        Assert.Equal(0.0, line["error"], 1e-6);
    }

    [Fact]
    public void Try_LayerOfOtherShape_CannotBeSkipped()
    {
        ProbeContext context = Labelled(new Chain(), 2, BatchOf(Tensor.From([4f, 0f, 0f, 4f], [2, 2]), [0, 1]));

        MeasuredProbe line = ProbeRunner.Run(new LayerProbe(), context)[2];

        Assert.True(double.IsNaN(line["skipped"]), $"{line["skipped"]}");
        Assert.True(double.IsFinite(line["redrawn"]), $"{line["redrawn"]}");
    }

    /// <summary>Twice 2 to 2, and a branch of 2 to 3 that adds its mean to both scores, and so changes nothing.</summary>
    private sealed class Chain : Module
    {
        private readonly Linear _first = Times(1f);
        private readonly Linear _second = Times(3f);
        private readonly Linear _wide = new(2, 3, bias: false);

        public override Tensor Forward(Tensor x)
        {
            Tensor scores = _second.Forward(_first.Forward(x));
            return scores + _wide.Forward(x).Mean([1], keepDims: true);
        }

        private static Linear Times(float factor)
        {
            Linear layer = new(2, 2, bias: false);
            layer.Weight.Initializer = new Constant(0.0);
            layer.Weight.CopyFrom(Tensor.Eye(2) * factor);
            return layer;
        }
    }
}
