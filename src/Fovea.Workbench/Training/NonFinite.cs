using System.Globalization;
using System.Text.Json.Serialization;

namespace Fovea.Workbench;

/// <summary>Where numbers stopped being finite in a training run.</summary>
/// <param name="Part">The part of the step in which it happened.</param>
/// <param name="Place">The operator with its layer, such as <c>Conv2d 'layer2.conv1'</c>; <c>the data</c>; or the parameter
/// or state that the update spoiled.</param>
/// <param name="Step">Number of the update, from 1. It was not made.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Batch">The first batch of the update within the epoch, from 1; where it was found, the batch itself.</param>
/// <param name="Symptom">What was noticed first, such as <c>the loss is NaN</c>.</param>
public sealed record NonFinite(StepPart Part, string Place, long Step, int Epoch, int Batch, string Symptom)
{
    // So many items are named in a message.
    private const int Named = 8;

    /// <summary>The lowest and the highest finite value that the operator read as its first input; null where it read
    /// none.</summary>
    public ValueRange? Input { get; init; }

    /// <summary>In the backward pass: the range of the finite values of the gradient that came to the operator; else
    /// null.</summary>
    public ValueRange? Gradient { get; init; }

    /// <summary>The items that hold it, numbered as in the training data that were given, in the order of the batch; empty
    /// where no values of single items were computed there.</summary>
    public IReadOnlyList<int> Items { get; init; } = [];

    /// <summary>What is known of the place, in words.</summary>
    public string Finding { get; init; } = "";

    /// <summary>Whether the run stands where it stood before the update: weights, state, optimizer and generators.</summary>
    [JsonIgnore]
    public bool IsPutBack { get; init; }

    /// <summary>Whether the items themselves hold it, so that no learning rate mends it.</summary>
    internal bool IsInData => Place == NonFiniteSearch.Data;

    /// <summary>All of it in one line, without what to do.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Symptom} in epoch {Epoch}, batch {Batch} (update {Step}); {Finding}{Ranges()}{Numbers()}"
        );

    private string Ranges() =>
        (Input is { } input ? $"; the finite values of its input are {input}" : "")
        + (Gradient is { } gradient ? $"; those of the gradient that came to it are {gradient}" : "");

    private string Numbers() =>
        Items.Count == 0
            ? ""
            : $"; item{(Items.Count > 1 ? "s" : "")} {string.Join(", ", Items.Take(Named))}{(Items.Count > Named ? FormattableString.Invariant($" and {Items.Count - Named} more") : "")} of the training data";
}

/// <summary>A part of a training step.</summary>
public enum StepPart
{
    /// <summary>The network and its loss.</summary>
    Forward,

    /// <summary>The gradients.</summary>
    Backward,

    /// <summary>What the optimizer makes of weights and gradients.</summary>
    Update,
}

/// <summary>The lowest and the highest of some values.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
public sealed record ValueRange(double Low, double High)
{
    /// <summary>The range in words.</summary>
    public override string ToString() => FormattableString.Invariant($"{Low:G4} to {High:G4}");
}
