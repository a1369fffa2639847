namespace Fovea.Workbench;

/// <summary>The loss over the updates, smoothed: means of <see cref="Window"/> updates or more.</summary>
/// <remarks>Everything is said in relation to the run's own losses, so that a factor on the loss changes nothing.</remarks>
internal sealed class LossCurve
{
    /// <summary>Updates a mean is taken over.</summary>
    public const int Window = 20;

    // A single batch may lie below its mean by luck.
    private const double Luck = 1.05;

    private LossCurve(double start, IReadOnlyList<(long First, long Last, double Loss)> blocks)
    {
        (Start, Blocks) = (start, blocks);
        (Best, BestStep) = blocks.Count == 0 ? (double.NaN, -1) : BestOf(blocks);
    }

    /// <summary>Loss of the first line: before the first update where lines are of one update.</summary>
    public double Start { get; }

    /// <summary>Means, each with its first and last update; infinite where a loss was no finite number.</summary>
    public IReadOnlyList<(long First, long Last, double Loss)> Blocks { get; }

    /// <summary>The lowest mean; NaN without any.</summary>
    public double Best { get; }

    /// <summary>Last update of the lowest mean; -1 without any.</summary>
    public long BestStep { get; }

    /// <summary>The newest mean; NaN without any.</summary>
    public double Last => Blocks.Count == 0 ? double.NaN : Blocks[^1].Loss;

    /// <summary>Updates behind the means.</summary>
    public long Updates => Blocks.Count == 0 ? 0 : Blocks[^1].Last + 1;

    /// <summary>Updates since the lowest mean.</summary>
    public long SinceBest => Blocks.Count == 0 ? 0 : Blocks[^1].Last - BestStep;

    /// <summary>Updates at the end over which every mean was more than a twentieth above the start.</summary>
    public long AboveStart => Trailing(b => b.Loss > (Start > 0.0 ? Luck * Start : Start));

    /// <summary>Whether the loss is at the value of a network that knows nothing, or of its start where that is not known,
    /// after some updates.</summary>
    /// <param name="run">The run.</param>
    /// <param name="updates">How many updates there must be.</param>
    public bool IsStuck(MeasuredRun run, long updates = 200)
    {
        double nothing = run.ChanceLoss ?? Start;
        return Updates >= updates && nothing > 0.0 && !(Best < 0.97 * nothing);
    }

    /// <summary>Updates at the end for which something holds of every mean.</summary>
    public long Trailing(Func<(long First, long Last, double Loss), bool> holds)
    {
        int from = Blocks.Count;
        while (from > 0 && holds(Blocks[from - 1]))
        {
            from--;
        }

        return from == Blocks.Count ? 0 : Blocks[^1].Last - Blocks[from].First + 1;
    }

    /// <summary>Reads it.</summary>
    public static LossCurve Of(Measurements measured)
    {
        List<(long, long, double)> blocks = [];
        double sum = 0.0;
        long updates = 0,
            first = 0;
        foreach (MeasuredStep line in measured.Steps)
        {
            first = updates == 0 ? line.Step - line.Steps + 1 : first;
            sum += double.IsFinite(line.Loss) ? line.Loss * line.Steps : double.PositiveInfinity;
            updates += line.Steps;
            if (updates >= Window)
            {
                blocks.Add((first, line.Step, sum / updates));
                (sum, updates) = (0.0, 0);
            }
        }

        return new LossCurve(measured.Steps.Count > 0 ? measured.Steps[0].Loss : double.NaN, blocks);
    }

    private static (double Loss, long Step) BestOf(IReadOnlyList<(long First, long Last, double Loss)> blocks)
    {
        (_, long last, double loss) = blocks.MinBy(b => b.Loss);
        return (loss, last);
    }
}
