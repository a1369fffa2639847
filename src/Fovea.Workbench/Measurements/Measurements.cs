namespace Fovea.Workbench;

/// <summary>What was measured while a network was trained: the evidence of measured questions. A run keeps it in its folder
/// <c>measurements</c>.</summary>
public sealed record Measurements
{
    /// <summary>What was measured, and under which choices.</summary>
    public required MeasuredRun Run { get; init; }

    /// <summary>Updates, in order.</summary>
    public IReadOnlyList<MeasuredStep> Steps { get; init; } = [];

    /// <summary>Ends of epochs, in order.</summary>
    public IReadOnlyList<MeasuredEpoch> Epochs { get; init; } = [];

    /// <summary>Probes, in order.</summary>
    public IReadOnlyList<MeasuredProbe> Probes { get; init; } = [];

    /// <summary>What is known of the data; null where it was not looked at.</summary>
    public DataReport? Data { get; init; }

    /// <summary>The test part, measured at the end; null where it was not.</summary>
    public MeasuredTest? Test { get; init; }

    /// <summary>What was asked of the run, which answers write commands from; null where a loop written by hand trains.</summary>
    internal TrainingRequest? Request { get; init; }

    /// <summary>The lines in which signals and parameters were measured.</summary>
    public IEnumerable<MeasuredStep> Samples => Steps.Where(s => s.Weights is not null);

    /// <summary>Updates done.</summary>
    public long Updates => Steps.Count > 0 ? Steps[^1].Step + 1 : 0;

    /// <summary>Reads the measurements of a run.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <returns>Null where the run was not watched.</returns>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static Measurements? Read(string runFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        return MeasurementFiles.Read(runFolder);
    }

    /// <summary>The probes of a kind, in order.</summary>
    /// <param name="name">E.g. <c>gain</c>.</param>
    public IEnumerable<MeasuredProbe> ProbesOf(string name) => Probes.Where(p => p.Name == name);

    /// <summary>The newest probe of a kind; null where there is none.</summary>
    /// <param name="name">E.g. <c>batchnorm</c>.</param>
    public MeasuredProbe? LastProbe(string name) => Probes.LastOrDefault(p => p.Name == name);
}
