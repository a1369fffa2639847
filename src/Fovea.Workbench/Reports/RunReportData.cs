using System.Text.Json.Nodes;

namespace Fovea.Workbench;

/// <summary>What a page about a training run is made from. What is left out is said to be missing, and why.</summary>
public sealed record RunReportData
{
    /// <summary>How the run ended, with its measurement on the test items; null where it has not ended.</summary>
    public TrainingResult? Result { get; init; }

    /// <summary>The answers, worst first, as <see cref="QuestionCatalog.Ask"/> gives them.</summary>
    public IReadOnlyList<Answer> Answers { get; init; } = [];

    /// <summary>The lines of <c>metrics.jsonl</c>, in order.</summary>
    public IReadOnlyList<Metrics> Epochs { get; init; } = [];

    /// <summary>What was measured in training; null where nothing was.</summary>
    public Measurements? Measured { get; init; }

    /// <summary>The network layer by layer; null where it cannot be traced.</summary>
    public Inspection? Network { get; init; }

    /// <summary>Why <see cref="Network"/> is null; empty where it is not known.</summary>
    public string WithoutNetwork { get; init; } = "";

    /// <summary>The items that the network gets most wrong, worst first; those after the first 200 are not shown.</summary>
    public IReadOnlyList<ReportedItem> Mistakes { get; init; } = [];

    /// <summary>The content of <c>run.json</c>; null where there is none.</summary>
    public JsonObject? Run { get; init; }

    /// <summary>The command that repeats the run; empty where a program of the user's own trains.</summary>
    public string Command { get; init; } = "";

    /// <summary>How often each cause is found where it is planted, and where it is not.</summary>
    public IReadOnlyList<PublishedRate> Rates { get; init; } = [];
}

/// <summary>An item that a network gets wrong.</summary>
/// <param name="Index">Its place in the data, from 0.</param>
/// <param name="Actual">What it is: its class.</param>
/// <param name="Predicted">What it was taken for.</param>
/// <param name="Probability">The probability given to <paramref name="Predicted"/>, 0-1.</param>
/// <param name="Loss">Its loss, in nats.</param>
public sealed record ReportedItem(int Index, string Actual, string Predicted, double Probability, double Loss)
{
    /// <summary>Its picture as a PNG file, of <see cref="Thumbnail"/>; empty for none. Larger than 64 by 64 pixels, or what is no
    /// PNG, is not shown.</summary>
    public ReadOnlyMemory<byte> Picture { get; init; }
}

/// <summary>How often a cause was named in runs where it was planted, and in healthy ones.</summary>
/// <param name="Cause">One of <see cref="Workbench.Cause"/>.</param>
/// <param name="Found">Runs with it where it was named.</param>
/// <param name="Planted">Runs with it.</param>
/// <param name="FalseAlarms">Healthy runs where it was named.</param>
/// <param name="Healthy">Healthy runs.</param>
public sealed record PublishedRate(string Cause, int Found, int Planted, int FalseAlarms, int Healthy);
