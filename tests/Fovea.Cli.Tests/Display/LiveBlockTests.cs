using Fovea.Cli.Display;
using Fovea.Workbench;
using Spectre.Console.Testing;

namespace Fovea.Cli.Tests.Display;

/// <summary>The block at the bottom of the screen, by the console of Spectre's own tests.</summary>
public sealed class LiveBlockTests
{
    private static readonly TrainingProgress Longest = new(
        1234,
        9999,
        12345,
        99999,
        1234.5678,
        0.999,
        123456,
        TimeSpan.FromDays(300)
    )
    {
        LearningRate = 1.234e-5,
        EpochRemaining = TimeSpan.FromSeconds(86_000),
    };

    [Theory]
    [InlineData(200, 57)]
    [InlineData(60, 57)]
    [InlineData(40, 37)]
    [InlineData(24, 21)]
    [InlineData(8, 5)]
    public void Render_AnyWindow_IsNarrowerByTheEchoOfCtrlC(int window, int width)
    {
        foreach (bool unicode in new[] { true, false })
        {
            string[] rows = Draw(window, unicode, State(Longest));

            Assert.All(rows, r => Assert.True(r.Length <= width, $"{r.Length} columns: {r}"));
        }
    }

    [Fact]
    public void Render_AWindowOf40_KeepsPartsWhole() =>
        Assert.Equal(
            [
                "epoch 3/10  batch 7/14  ####-----  50 %", // a bar of 40 - 22 - 2 - 2 - 5, with room for 100 %,
                "loss 0.4312  accuracy 87.2 %  lr 0.00871",
                "1,234 items/s",
                "left: epoch 12 s, run 2:05 min",
            ],
            Draw(
                43,
                unicode: false,
                State(
                    new TrainingProgress(3, 10, 7, 14, 0.4312, 0.872, 1234, TimeSpan.FromSeconds(125))
                    {
                        LearningRate = 0.00871,
                        EpochRemaining = TimeSpan.FromSeconds(12),
                    }
                )
            )
        );

    [Fact]
    public void Render_Unicode_FillsTheBarByTheShare()
    {
        string row = Draw(60, unicode: true, State(Longest with { Epoch = 1, Epochs = 2, Batch = 25, Batches = 100 }))[
            0
        ];

        int full = row.Count(c => c == '█'),
            empty = row.Count(c => c == '░');
        Assert.Equal(0.25, full / (double)(full + empty), 1.0 / (full + empty));
        Assert.EndsWith("  25 %", row, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_Stage_TakesTheFirstLine()
    {
        BlockLine first = TrainingDisplay.Lines(State(Longest) with { Stage = (TrainingStage.Validation, 0.5) })[0];

        Assert.Equal(["measuring held-out items"], first.Parts);
        Assert.Equal(0.5, first.Bar);
    }

    [Fact]
    public void Lines_HeldOutItems_ShowTheirNewestAccuracy() =>
        Assert.Contains(
            "held out 85.0 %",
            TrainingDisplay
                .Lines(State(Longest) with { Last = new Metrics(1, 2, 0.5, 0.9, 0.6, 0.85, 0.1, 4) })[1]
                .Parts
        );

    [Fact]
    public void Work_CountedItems_SayWhatIsLeft()
    {
        Work.State state = new("measuring test items", "items", 2000, 500, 0);

        Assert.Equal(
            "measuring test items: 25 %  500 of 2,000 items  100 items/s  15 s left",
            Work.Plain(state, TimeSpan.FromSeconds(5))
        );
    }

    [Fact]
    public void Work_NothingReported_SaysHowLongItTakes() =>
        Assert.Equal(
            "compiling: 1:05 min so far",
            Work.Plain(new("compiling", null, 0, 0, 0), TimeSpan.FromSeconds(65))
        );

    private static TrainingDisplay.State State(TrainingProgress progress) =>
        new(new TrainingPlan("net", "data", 1, 4, 0, 2, new TrainingOptions(), "run", 0), progress, null, null);

    private static string[] Draw(int window, bool unicode, TrainingDisplay.State state)
    {
        using TestConsole console = new();
        console.Profile.Width = window;
        Terminal terminal = new(TextWriter.Null, TextWriter.Null, IsInteractive: true)
        {
            HasUnicode = unicode,
            Size = () => (window, 24),
        };
        console.Write(new LiveBlock(() => TrainingDisplay.Lines(state), terminal));
        return console.Output.Split('\n');
    }
}
