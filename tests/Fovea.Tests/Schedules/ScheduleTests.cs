using System.Text.Json;

namespace Fovea.Tests;

public sealed class ScheduleTests
{
    public static TheoryData<string> GoldenSchedules => Golden.Cases("schedules");

    public static TheoryData<string> GoldenPlateaus => Golden.Cases("plateaus");

    [Theory, MemberData(nameof(GoldenSchedules))]
    public void Factor_EachStep_FollowsPyTorch(string text)
    {
        Schedule schedule = Schedule.Parse(text, totalSteps: 40, stepsPerEpoch: 1);
        double[] expected = Golden.Optimizers.GetProperty("schedules").GetProperty(text).Doubles();
        for (int step = 0; step < expected.Length; step++)
        {
            double got = schedule.Factor(step);
            Assert.True(
                Math.Abs(got - expected[step]) < 1e-12,
                $"{text} at step {step}: expected {expected[step]:R}, got {got:R}"
            );
        }
    }

    [Theory, MemberData(nameof(GoldenPlateaus))]
    public void Observe_EachEpoch_FollowsPyTorch(string text)
    {
        Plateau plateau = Assert.IsType<Plateau>(Schedule.Parse(text, 40, 1));
        double[] metrics = Golden.Optimizers.GetProperty("metrics").Doubles(),
            expected = Golden.Optimizers.GetProperty("plateaus").GetProperty(text).Doubles();
        Assert.True(expected.Distinct().Count() >= 3, $"{text}: the golden sequence should have reductions");
        for (int epoch = 0; epoch < metrics.Length; epoch++)
        {
            plateau.Observe(metrics[epoch]);
            Assert.True(
                Math.Abs(plateau.Factor(epoch) - expected[epoch]) < 1e-12,
                $"{text} after epoch {epoch}: expected {expected[epoch]:R}, got {plateau.Factor(epoch):R}"
            );
        }
    }

    [Fact]
    public void Observe_NegativeMetricsThatRise_AreNoImprovement()
    {
        Plateau plateau = new(0.5, patience: 1, threshold: 0.1);
        foreach (double metric in new[] { -1.0, -0.95, -0.9, -0.85, -0.8 })
        {
            plateau.Observe(metric);
        }

        Assert.Equal(-1.0, plateau.State.Best);
        Assert.Equal(0.25, plateau.State.Factor); // after the third and the fifth epoch
    }

    [Theory]
    [InlineData(1.0, 0.98, false)] // the margin is 5 % of the best, whatever its sign
    [InlineData(1.0, 0.94, true)]
    [InlineData(-1.0, -1.02, false)]
    [InlineData(-1.0, -1.06, true)]
    [InlineData(-1.0, -0.96, false)]
    [InlineData(-200.0, -209.0, false)]
    [InlineData(-200.0, -211.0, true)]
    [InlineData(0.0, -1e-12, true)]
    [InlineData(0.0, 0.0, false)]
    [InlineData(1.0, -1.0, true)]
    [InlineData(-1.0, 1.0, false)]
    [InlineData(-1.0, double.NaN, false)]
    public void Observe_ChangeAgainstTheMargin_CountsByItsSize(double first, double second, bool better)
    {
        Plateau plateau = new(0.5, patience: 5, threshold: 0.05);
        plateau.Observe(first);
        plateau.Observe(second);
        Assert.Equal(better ? second : first, plateau.State.Best);
    }

    [Fact]
    public void State_ThroughJson_ContinuesThePlateau()
    {
        double[] metrics = Golden.Optimizers.GetProperty("metrics").Doubles();
        for (int cut = 0; cut < metrics.Length; cut++)
        {
            Plateau whole = new(0.5, patience: 1, cooldown: 2),
                rest = new(0.5, patience: 1, cooldown: 2);
            foreach (double metric in metrics[..cut])
            {
                whole.Observe(metric);
            }

            rest.State = JsonSerializer.Deserialize<PlateauState>(JsonSerializer.Serialize(whole.State));
            Assert.Equal(whole.State, rest.State);
            foreach (double metric in metrics[cut..])
            {
                whole.Observe(metric);
                rest.Observe(metric);
            }

            Assert.Equal(whole.State, rest.State);
        }
    }

    [Fact]
    public void Warmup_BeforeCosine_RisesLinearlyAndDoesNotMoveIt()
    {
        Cosine cosine = new(100);
        Warmup warmup = new(4, cosine);
        Assert.Equal(
            [0.25, 0.5, 0.75, 1.0, 1.0],
            Enumerable.Range(0, 5).Select(s => Math.Round(warmup.Factor(s) / cosine.Factor(s), 12))
        );
        Assert.Equal(cosine.Factor(60), warmup.Factor(60));
        Assert.Same(cosine, warmup.Main);
    }

    [Fact]
    public void Warmup_BeforePlateau_PassesTheMetricOn()
    {
        Schedule schedule = Schedule.Parse("plateau,factor=0.5,patience=0,warmup=1ep", 40, 10);
        schedule.Observe(1);
        schedule.Observe(1);
        Assert.Equal(0.5, schedule.Factor(20));
        Assert.Equal(0.05, schedule.Factor(0), 1e-12);
        Assert.Equal(0.5, Assert.IsType<Plateau>(schedule.Main).State.Factor);
    }

    [Fact]
    public void Factor_PastTheEnd_StaysAtTheLastValue()
    {
        Assert.Equal(0.1, new Cosine(10, 0.1).Factor(1000), 1e-15);
        Assert.Equal(1 / 25e4, new OneCycle(10).Factor(9), 1e-15);
        Assert.Equal(1 / 25e4, new OneCycle(10).Factor(1000), 1e-15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void OneCycle_VeryShortTraining_StaysFiniteAndReachesThePeak(int total)
    {
        double[] factors = [.. Enumerable.Range(0, total + 2).Select(s => new OneCycle(total).Factor(s))];
        Assert.All(factors, f => Assert.InRange(f, 0, 1));
        Assert.True(factors.Max() > 0.7, $"total {total}: largest factor {factors.Max():R}");
    }

    [Fact]
    public void Parse_Lengths_AreStepsOrEpochs()
    {
        Assert.Equal(300, Assert.IsType<StepSchedule>(Schedule.Parse("step=30ep", 1000, 10)).Every);
        Assert.Equal(30, Assert.IsType<StepSchedule>(Schedule.Parse("step=30", 1000, 10)).Every);
        Assert.Equal(
            [25, 60, 700],
            Assert.IsType<MultiStep>(Schedule.Parse("multistep=2.5ep/60/70EP", 1000, 10)).Milestones
        );
        Assert.Equal(5, Assert.IsType<Warmup>(Schedule.Parse("cosine,warmup=0.5ep", 1000, 10)).Steps);
        Assert.Equal(10, Assert.IsType<Exponential>(Schedule.Parse("exponential=0.9", 1000, 10)).Per);
        Assert.Equal(1000, Assert.IsType<Cosine>(Schedule.Parse(" Cosine , min = 0.01 ", 1000, 10)).Total);
        Assert.IsType<ConstantSchedule>(Schedule.Parse("constant", 1000, 10));
    }

    [Fact]
    public void Parse_EveryForm_IsAcceptedAsWritten() =>
        Assert.All(Schedule.Forms, form => Assert.InRange(Schedule.Parse(form, 1000, 10).Factor(0), 0.04, 1.0));

    [Theory]
    [InlineData(
        "cosin",
        "Schedule: must begin with one of constant, step, multistep, exponential, cosine, onecycle, plateau, got 'cosin'. Forms: constant,warmup=0; step=30ep,"
    )]
    [InlineData("cosine,gamma=3", "Schedule 'cosine': options are min, warmup; got 'gamma=3'.")]
    [InlineData(
        "cosine=4",
        "Schedule 'cosine': takes no value after its name, got 'cosine=4'. Form: cosine,min=0,warmup=0."
    )]
    [InlineData(
        "step,gamma=0.1",
        "Schedule 'step': needs a value after its name, got 'step'. Form: step=30ep,gamma=0.1,warmup=0."
    )]
    [InlineData(
        "step=10/20",
        "Schedule 'step': needs one length, got 'step=10/20'. Several are milestones: use multistep."
    )]
    [InlineData(
        "step=soon",
        "Schedule 'step': step must be a length in optimizer steps, such as 500, or in epochs, such as 30ep; got 'soon'."
    )]
    [InlineData(
        "step=2.5",
        "Schedule 'step': step must be a length in optimizer steps, such as 500, or in epochs, such as 30ep; got '2.5'."
    )]
    [InlineData("step=0", "StepSchedule: every must be 1 or more, got 0.")]
    [InlineData("cosine,warmup=-3", "Schedule 'cosine': warmup must be a length in optimizer steps")]
    [InlineData("multistep=20/10", "MultiStep: milestones must rise and start at 1 or more, got [20, 10].")]
    [InlineData("exponential=0", "Exponential: gamma must be more than 0, got 0.")]
    [InlineData("cosine,min=2", "Cosine: minimum factor must be from 0 to 1, got 2.")]
    [InlineData("onecycle,peak=1", "OneCycle: peak fraction must be 0 or more and less than 1, got 1.")]
    [InlineData("plateau,patience=1.5", "Schedule 'plateau': patience must be a whole number, got '1.5'.")]
    [InlineData("plateau,factor=1", "Plateau: factor must be 0 or more and less than 1, got 1.")]
    [InlineData("plateau,factor=0", "Plateau: factor must be more than 0, got 0.")]
    public void Parse_WrongText_SaysWhatExists(string text, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => Schedule.Parse(text, 1000, 10)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Parse_NoSteps_SaysTheRule()
    {
        Assert.Equal(
            "Schedule: the number of steps must be 1 or more, got 0.",
            Assert.Throws<ArgumentException>(() => Schedule.Parse("cosine", 0, 10)).Message
        );
        Assert.Equal(
            "Schedule: the number of steps of an epoch must be 1 or more, got 0.",
            Assert.Throws<ArgumentException>(() => Schedule.Parse("cosine", 5, 0)).Message
        );
    }

    [Fact]
    public void Factor_NegativeStep_Throws() =>
        Assert.All(
            Schedule.Forms,
            form => Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Parse(form, 10, 1).Factor(-1))
        );

    [Fact]
    public void ToString_EachSchedule_IsOneLine()
    {
        Assert.Equal(
            "cosine over 1000 steps to 0, warm-up over 500 steps",
            Schedule.Parse("cosine,warmup=500", 1000, 10).ToString()
        );
        Assert.Equal("x 0.1 at steps 300, 600", Schedule.Parse("multistep=30ep/60ep", 1000, 10).ToString());
        Assert.Equal(
            "one cycle over 1000 steps, peak at 30 %, from 1/25 to 1/250000",
            Schedule.Parse("onecycle", 1000, 10).ToString()
        );
        Assert.Equal("plateau, x 0.1 after 10 epochs without improvement, not below 0", new Plateau().ToString());
    }
}
