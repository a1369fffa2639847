using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>3.2: norms between the ends, by hand.</summary>
public sealed class GradientsNowTests
{
    [Fact]
    public void Ask_SlopeOfATenthALayer_SaysSo()
    {
        Answer answer = Ask(new GradientsNow(), Fading(3, 0.01, Stuck));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(1.0, Measured(answer, "slope"), 6);
        Assert.Equal(-2.0, Measured(answer, "drift"), 6);
    }

    [Theory]
    [InlineData(4, Verdict.Ok)] // norms 10 times apart a layer: 1e3 over 3 steps is not beyond it
    [InlineData(5, Verdict.Fix)] // 1e4
    public void Ask_TenTimesALayer_IsBeyondAThousandFromFiveLayersOn(int layers, Verdict verdict)
    {
        Answer answer = Ask(new GradientsNow(), Fading(layers, 0.01, Stuck));
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Fix ? Cause.Vanishing : "", answer.Cause);
    }

    [Fact]
    public void Ask_FadingAndTheLossFallsAndAllMove_IsToLookAt() =>
        Networks.AssertVerdict(Verdict.Look, Ask(new GradientsNow(), Fading(8, 0.01, Falling)));

    [Fact]
    public void Ask_FadingFor29Updates_IsNotYetSaid() =>
        Networks.AssertVerdict(Verdict.Ok, Ask(new GradientsNow(), Fading(8, 0.01, Stuck, 29)));

    [Fact]
    public void Ask_Growing_Explodes()
    {
        Answer answer = Ask(new GradientsNow(), Fading(8, 100.0, Stuck));
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal((Cause.Exploding, "1"), (answer.Cause, answer.Options["clip-norm"]));
    }

    [Fact]
    public void Ask_OneLayerTakesAllAway_IsNamedFirst()
    {
        MeasuredRuns run = Chain(6);
        run.Train(
            60,
            Stuck,
            s =>
                s with
                {
                    GradientPower =
                    [
                        .. run.Run.Points.Select((p, i) => (i < MeasuredRuns.Filters(3) ? 1e-9 : 1.0) / p.Units),
                    ],
                }
        );
        Answer answer = Ask(new GradientsNow(), run);
        Networks.AssertVerdict(Verdict.Fix, answer);
        Assert.Equal(("fc3", 0L), (answer.Layers[0], answer.OnsetStep));
    }

    [Fact]
    public void Ask_LossAThousandTimes_AnswersTheSame()
    {
        MeasuredRuns run = Fading(8, 0.01, Stuck);
        Answer plain = Ask(new GradientsNow(), run),
            scaled = Ask(new GradientsNow(), run.Scaled(1000.0));
        Assert.Equal((plain.Verdict, plain.Cause, plain.Layers[0]), (scaled.Verdict, scaled.Cause, scaled.Layers[0]));
        Assert.Equal(Measured(plain, "drift"), Measured(scaled, "drift"), 9);
    }

    [Fact]
    public void Ask_ZeroLastLayer_IsSilent()
    {
        // No gradient passes a last layer of zeros in the first update.
        MeasuredRuns run = Chain(6);
        run.Train(
            60,
            Falling,
            s =>
                s.Step > 0
                    ? s
                    : s with
                    {
                        GradientPower = [.. s.GradientPower!.Select((g, i) => i == MeasuredRuns.Filters(5) ? g : 0.0)],
                    }
        );
        Networks.AssertVerdict(Verdict.Ok, Ask(new GradientsNow(), run));
    }

    private static double Measured(Answer answer, string name) => answer.Measured.Single(q => q.Name == name).Value;

    /// <summary>Power of gradients times a factor with every layer towards the input.</summary>
    private static MeasuredRuns Fading(int layers, double factor, Func<long, double> loss, int updates = 60)
    {
        MeasuredRuns run = Chain(layers);
        return run.Train(
            updates,
            loss,
            s =>
                s with
                {
                    GradientPower =
                    [
                        .. run.Run.Points.Select((p, i) => Math.Pow(factor, layers - 1 - ((i - 1) / 2)) / p.Units),
                    ],
                }
        );
    }
}
