namespace Fovea.Workbench;

/// <summary>A number of an answer.</summary>
/// <param name="Name">In camel case, e.g. <c>multiplyAdds</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit, e.g. <c>multiply-adds</c>, <c>pixels</c>, <c>%</c>, or <c>ratio</c>.</param>
public sealed record Quantity(string Name, double Value, string Unit);

/// <summary>The answer to a question about a network.</summary>
public sealed record Answer
{
    /// <summary>The question's number, e.g. <c>2.2</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>How it came out.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was found, in a sentence with numbers and layer names; where it cannot be told, why not.</summary>
    public required string Finding { get; init; }

    /// <summary>The layers concerned, worst first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The update, from 0, at which it began; null where it has no beginning, or none is known.</summary>
    public long? OnsetStep { get; init; }

    /// <summary>How many updates <see cref="OnsetStep"/> may be off, as signals are not measured in each; 0 where it is exact, null
    /// where there is none or that is not known. <see cref="Diagnosis.Replay"/> makes it exact.</summary>
    public long? OnsetWithin { get; init; }

    /// <summary>What is at fault, as a word that programs read, e.g. <c>rate-too-high</c>; empty where nothing is.</summary>
    public string Cause { get; init; } = "";

    /// <summary>What structure predicts.</summary>
    public IReadOnlyList<Quantity> Predicted { get; init; } = [];

    /// <summary>What was measured.</summary>
    public IReadOnlyList<Quantity> Measured { get; init; } = [];

    /// <summary>From when on the verdict changes, in words; empty where there is no threshold.</summary>
    public string Threshold { get; init; } = "";

    /// <summary>What was measured beside the limits that the finding crossed; empty where the answer does not say so.</summary>
    public IReadOnlyList<Crossing> Crossed { get; init; } = [];

    /// <summary>The number of the answer that explains this one, whose remedy comes first; empty where none does.</summary>
    public string ExplainedBy { get; init; } = "";

    /// <summary>Where formula and threshold come from.</summary>
    public string Source { get; init; } = "";

    /// <summary>What to do; empty where nothing need be done.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>The remedy as options of <c>fovea train</c>, by name without dashes, e.g. <c>lr</c> to <c>0.01</c>; empty where
    /// it is something else.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The command that would test the remedy; empty where there is none.</summary>
    public string Experiment { get; init; } = "";

    /// <summary>What it found that is certain and does no harm by itself: see <see cref="Finding.IsFact"/>.</summary>
    internal IReadOnlyList<Finding> Facts { get; init; } = [];
}
