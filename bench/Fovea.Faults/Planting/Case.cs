using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>What a loop written by hand does wrong.</summary>
internal enum Slip
{
    None,
    NotCleared,
    ClearedEachBatch,
    SummedBatches,
    ClimbsTheLoss,
    NoisyGradient,
    ScaledLoss,
    InEvaluation,
    EvaluatedInTraining,
    LayerNotOptimized,
    Unshuffled,
    OneBatchForEver,
    HalfOfTheItems,
    SameAugmentation,
    RawInputs,
    DividedTwice,
    OtherPipeline,
    OtherClassOrder,
}

/// <summary>A training run about to be made.</summary>
/// <param name="Net">The network.</param>
/// <param name="Data">The data.</param>
/// <param name="Options">The options.</param>
/// <param name="Loss">The loss; null for cross-entropy.</param>
/// <param name="Slip">What a hand-written loop does wrong; null for <see cref="Trainer"/>.</param>
internal sealed record Case(
    Module Net,
    DataSource Data,
    TrainingOptions Options,
    Func<Tensor, Tensor, Tensor>? Loss = null,
    Slip? Slip = null
)
{
    /// <summary>The network as text, where it was planted so; null else.</summary>
    public string? Text { get; init; }

    /// <summary>The update from which on a loop written by hand slips.</summary>
    public int From { get; init; }

    /// <summary>The habits of a user's own loop; null where none was written.</summary>
    public Habits? Own { get; init; }

    /// <summary>The layer at fault, by a part of its name; null where none is.</summary>
    public string? Layer { get; init; }
}

/// <summary>A kind of fault.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Accepts">The causes that name it, or whose remedy heals it.</param>
/// <param name="Plant">Plants it in a problem; null where it does not fit.</param>
internal sealed record Fault(string Name, IReadOnlyList<string> Accepts, Func<Problem, ulong, Case?> Plant)
{
    /// <summary>A part of the message where the right answer is to refuse; empty where it is not.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>Whether exact books show it.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether structure and data show it before training.</summary>
    public bool IsStructural { get; init; }

    /// <summary>The problems that it is planted in; null for those of the plan.</summary>
    public IReadOnlyList<Problem>? On { get; init; }

    /// <summary>Whether it is one of <see cref="AsideKinds"/> or <see cref="BlindKinds"/>.</summary>
    public bool IsAside { get; init; }

    /// <summary>Whether it was put aside before any threshold was set, or planted after all were.</summary>
    public bool IsHeldOut => IsAside || Name.Sum(c => c) % 3 == 0;
}
