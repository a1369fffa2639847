using Fovea.Kernels;

namespace Fovea;

/// <summary>What a form makes its step from: a stage, and where its values lie for a number of items.</summary>
/// <param name="stage">The stage.</param>
/// <param name="batch">Items.</param>
/// <param name="memory">Where values lie in the arena.</param>
/// <param name="layouts">How they lie.</param>
/// <param name="kernels">Kernels with packed weights.</param>
internal sealed class StepBinding(
    NetworkStage stage,
    int batch,
    NetworkMemory memory,
    LayoutPlan layouts,
    PackedKernels kernels
)
{
    /// <summary>Items.</summary>
    public int Batch => batch;

    /// <summary>What the step does.</summary>
    public FusedStep Step => stage.Step;

    /// <summary>The step done together with it, before it; null for none.</summary>
    public FusedStep? Before => stage.Before;

    /// <summary>Where the first input lies.</summary>
    public NetworkBuffer Input => memory[Step.Inputs[0]];

    /// <summary>Where the second input lies; null where there is none.</summary>
    public NetworkBuffer? Second => Step.Inputs.Count > 1 ? memory[Step.Inputs[1]] : null;

    /// <summary>Where the output lies.</summary>
    public NetworkBuffer Output => memory[Step.Output];

    /// <summary>Whether the first input is a map whose channels lie in blocks.</summary>
    public bool IsMap => IsBlocked(Step.Inputs[0]);

    /// <summary>Whether the first input is such a map, or has no positions.</summary>
    public bool IsMapOrVector => IsMap || layouts[Step.Inputs[0]] is null;

    /// <summary>Which values lie within the memory of others.</summary>
    public Concatenations Concatenations => layouts.Concatenations;

    /// <summary>Whether the step is a convolution with a kernel for blocked maps.</summary>
    public bool IsBlockedConvolution => layouts.IsBlocked(Step);

    /// <summary>Whether a value is a map whose channels lie in blocks.</summary>
    public bool IsBlocked(Value value) => layouts[value] is { Lanes: TileCall.Block };

    /// <summary>Where a value lies.</summary>
    public NetworkBuffer BufferOf(Value value) => memory[value];

    /// <summary>Where the sums of the rows of a value lie; null where nothing sums them.</summary>
    public NetworkBuffer? RowSumsOf(Value value) => memory.RowSumsOf(value);

    /// <summary>The kernel of a convolution.</summary>
    public ConvolutionKernel KernelOf(FusedStep step) => kernels.OfConvolution(step, batch);

    /// <summary>The kernel of the step's matrix product.</summary>
    public ConvolutionKernel MatrixKernel() =>
        kernels.OfMatrixProduct(Step, Input.Layout.Channels, Output.Layout.Channels, batch);

    /// <summary>Makes the step.</summary>
    /// <exception cref="InvalidOperationException">No compiled step computes it, and other nodes were taken into it:
    /// a rule is wrong.</exception>
    public Step Bind() =>
        Before is { Form: { } form } ? form.BindJoined(this)
        : Step.Form?.Bind(this) is { } step ? step
        : Step.Output == Step.Node.Output ? new EagerStep(this)
        : throw new InvalidOperationException(
            $"{Step.Node.Name}: an operator run eagerly cannot take in what follows it."
        );
}
