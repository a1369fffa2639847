using static Fovea.Workbench.Tests.Questions.MeasuredRuns;

namespace Fovea.Workbench.Tests.Questions;

/// <summary>1.6 to 1.9, measured.</summary>
public sealed class FirstUpdateTests
{
    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(1.09, 0)] // 4,096 values: five deviations are 11 %
    [InlineData(1.12, 1)]
    public void InitialRule_MeanSquareOffItsRule_IsCounted(double times, int off)
    {
        Answer answer = Ask(new InitialRuleMeasured(), Chain().Train(1, Falling, s => Grown(s, times, 1)));
        Networks.AssertVerdict(Verdict.Ok, answer);
        Assert.Equal(off, answer.Measured.Single(q => q.Name == "notByRule").Value);
        Assert.Equal(2.0 / 64.0, answer.Number("meanSquare"), 9);
    }

    [Theory]
    [InlineData(3.0, Verdict.Ok)] // 27 times together
    [InlineData(5.0, Verdict.Look)] // 125
    public void InitialRule_ValuesUnsuitedTogether_IsToLookAt(double times, Verdict verdict) =>
        Networks.AssertVerdict(
            verdict,
            Ask(new InitialRuleMeasured(), Chain().Train(1, Falling, s => Grown(s, times, 0, 1, 2)))
        );

    [Theory]
    [InlineData(1.9, Verdict.Ok)] // of 2 predicted: 64 units spread by 0.53 at three deviations
    [InlineData(4.1, Verdict.Look)]
    [InlineData(0.9, Verdict.Look)]
    public void InitialVariance_FactorOfALayer_IsJudgedByItsOwnInput(double factor, Verdict verdict)
    {
        // Activations have 0.5, so structure predicts 1 / 0.5 = 2. What follows has the factor of its own input.
        MeasuredRuns run = Chain();
        run.Train(
            60,
            Falling,
            s => s with { Power = [.. s.Power!.Select((p, i) => i >= MeasuredRuns.Filters(1) ? p * factor / 2.0 : p)] }
        );
        Answer answer = Ask(new InitialVarianceMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        if (verdict == Verdict.Look)
        {
            Assert.Equal(("fc1", 2.0), (answer.Layers[0], answer.Number("factor")));
            Assert.Equal(1.0, answer.Measured.Single(q => q.Name == "layersOff").Value);
        }
    }

    [Theory]
    [InlineData(2e4, true, Verdict.Fix)]
    [InlineData(2e4, false, Verdict.Look)]
    public void InitialVariance_SignalGrowsTenThousandTimes_IsAFaultWhereTheLossStays(
        double power,
        bool stuck,
        Verdict verdict
    )
    {
        MeasuredRuns run = Chain();
        run.Train(
            60,
            stuck ? Stuck : Falling,
            s => s with { Power = [.. s.Power!.Select((p, i) => i >= MeasuredRuns.Filters(2) ? p * power : p)] }
        );
        Answer answer = Ask(new InitialVarianceMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal((Cause.FirstValues, "fc2"), (answer.Cause, answer.Layers[0]));
    }

    [Theory]
    [InlineData(0.25, 2.4134, Verdict.Ok)] // questions.md: Monte Carlo 2.4150, formula 2.4134
    [InlineData(1.0, 2.7269, Verdict.Ok)] // 2.7167
    [InlineData(0.25, 3.0, Verdict.Look)]
    [InlineData(2.0, 3.0, Verdict.Look)] // sure of wrong answers
    [InlineData(0.25, 0.7, Verdict.Ok)] // a prior in the last bias
    public void InitialLoss_OfMeasuredScores_IsTheFormula(double variance, double loss, Verdict verdict)
    {
        MeasuredRuns run = Chain();
        run.Train(
            1,
            _ => loss,
            s => s with { Power = [.. s.Power!.Select((p, i) => i == MeasuredRuns.Filters(3) ? variance : p)] }
        );
        Answer answer = Ask(new InitialLossMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        if (variance == 0.25)
        {
            Assert.Equal(2.4134, answer.Number("firstLoss"), 4);
        }

        Answer scaled = Ask(new InitialLossMeasured(), run.Scaled(1000.0));
        Assert.Equal((answer.Verdict, answer.Cause), (scaled.Verdict, scaled.Cause));
    }

    [Fact]
    public void InitialLoss_TimesTheBatch_HintsAtASum()
    {
        MeasuredRuns run = Chain();
        run.Train(1, _ => 64 * 2.4134, s => s with { Power = [.. s.Power!.Select(_ => 0.25)] });
        Answer answer = Ask(new InitialLossMeasured(), run);
        Networks.AssertVerdict(Verdict.Look, answer);
        Assert.Equal(Cause.LossScale, answer.Cause);
    }

    [Theory]
    [InlineData(0, 63, Verdict.Look)]
    [InlineData(1, 63, Verdict.Fix)]
    [InlineData(1, 31, Verdict.Ok)] // 32 of 64 are alike
    public void Symmetry_StillAlikeAfterAnEpoch_IsAFault(int epoch, int alike, Verdict verdict)
    {
        MeasuredRuns run = Chain().Train(63, Falling).Epoch(epoch, e => e with { AlikeFilters = [0, alike, 0, 0] });
        Answer answer = Ask(new SymmetryMeasured(), run);
        Networks.AssertVerdict(verdict, answer);
        Assert.Equal(verdict == Verdict.Ok ? [] : ["fc1"], answer.Layers);
    }

    private static MeasuredStep Grown(MeasuredStep step, double times, params int[] parameters) =>
        step with
        {
            Weights = [.. step.Weights!.Select((w, i) => parameters.Contains(i) ? w * Math.Sqrt(times) : w)],
        };
}
