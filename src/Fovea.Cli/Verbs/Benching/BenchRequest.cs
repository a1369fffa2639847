using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What is to be timed.</summary>
/// <param name="Mode"><see cref="Infer"/> or <see cref="Train"/>.</param>
/// <param name="Batch">Items in a batch.</param>
/// <param name="Seconds">How long.</param>
/// <param name="ByStep">Whether steps are timed too.</param>
/// <param name="Runs">How often those; null for as long as <paramref name="Seconds"/>.</param>
internal sealed record BenchRequest(string Mode, int Batch, double Seconds, bool ByStep, int? Runs)
{
    public const string Infer = "infer";
    public const string Train = "train";

    private const int FewestRuns = 5;
    private const int MostRuns = 10_000;

    public bool IsTraining => Mode == Train;

    /// <summary>Seconds for the whole: where steps are asked for with a number, the whole is only looked at.</summary>
    public double WholeSeconds => Runs is null ? Seconds : 0;

    /// <summary>How often steps are timed.</summary>
    /// <param name="whole">How long they take together.</param>
    public int RunsOf(SpeedResult whole) =>
        Runs ?? Math.Max(FewestRuns, (int)Math.Min(MostRuns, 1000 * Seconds / whole.MedianMs));
}

/// <summary>What was measured.</summary>
/// <param name="Model">The network as it was given.</param>
/// <param name="Item">Shape of an item.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Whole">The whole.</param>
/// <param name="Steps">Its steps; none where they were not asked for.</param>
/// <param name="Machine">What the machine was seen to do.</param>
internal sealed record BenchResult(
    string Model,
    Shape Item,
    BenchRequest Request,
    SpeedResult Whole,
    IReadOnlyList<StepTime> Steps,
    MachineSpeed Machine
)
{
    /// <summary>By layer and direction.</summary>
    public IReadOnlyList<LayerSpeed> Layers { get; } = LayerSpeed.Of(Steps, Machine);

    /// <summary>What a page is made from.</summary>
    public SpeedReportData Page() =>
        new(Model, Item, Request.IsTraining, Whole, Layers, Machine, MachineProfile.Current);
}
