using Fovea.Kernels;

namespace Fovea;

/// <summary>What compiled execution needs to know of one use of an operator in evaluation. An operator without a form
/// is run eagerly. A form makes its own step.</summary>
internal abstract record ExecutionForm
{
    /// <summary>Makes the step that computes this.</summary>
    /// <param name="binding">What it is made from.</param>
    /// <returns>Null where the operator must be run eagerly: no kernel takes its input as it lies.</returns>
    public abstract Step? Bind(StepBinding binding);

    /// <summary>Makes the step that computes this together with the step behind it.</summary>
    /// <param name="binding">What it is made from; <see cref="StepBinding.Before"/> has this form.</param>
    public virtual Step BindJoined(StepBinding binding) =>
        throw new InvalidOperationException(
            $"{binding.Step.Node.Name}: nothing is done together with a {GetType().Name}."
        );
}

/// <summary>A convolution; weight and bias are inputs 1 and 2.</summary>
/// <param name="Geometry">Its sizes for one item.</param>
internal sealed record ConvolutionForm(ConvolutionGeometry Geometry) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.IsBlockedConvolution ? new ConvolutionStep(binding) : null;

    /// <inheritdoc/>
    public override Step BindJoined(StepBinding binding) => new PairStep(binding);
}

/// <summary>A matrix product with the weight [out, in] of input 1; the bias is input 2.</summary>
internal sealed record LinearForm : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) => new LinearStep(binding);
}

/// <summary>x * scale + shift by channel.</summary>
/// <param name="Scale">One factor a channel.</param>
/// <param name="Shift">One term a channel.</param>
internal sealed record ScaleShiftForm(double[] Scale, double[] Shift) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.IsMapOrVector ? new ScaleStep(binding, null, Scale, Shift) : null;
}

/// <summary>min(max(x, low), high).</summary>
/// <param name="Low">Smallest result.</param>
/// <param name="High">Largest result.</param>
internal sealed record ClampForm(float Low, float High) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.IsMapOrVector ? new ScaleStep(binding, null, null, null) : null;
}

/// <summary>A function of each element.</summary>
/// <param name="Map">Computes a run of them.</param>
internal sealed record MapForm(ElementMap Map) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) => binding.IsMapOrVector ? new MapStep(binding, Map) : null;
}

/// <summary>The sum of two values of one shape.</summary>
internal sealed record SumForm : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) => binding.IsMapOrVector ? new SumStep(binding) : null;
}

/// <summary>The product of two values; the second has a single position.</summary>
internal sealed record ProductForm : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.IsMap ? new ScaleStep(binding, binding.Second, null, null) : null;

    /// <inheritdoc/>
    public override Step BindJoined(StepBinding binding) => new GatedStep(binding);
}

/// <summary>A pool.</summary>
/// <param name="Windows">Where the windows lie, for one item.</param>
/// <param name="Mean">Whether means are taken, or maxima.</param>
/// <param name="Divisor">What sums are divided by; 0 for the positions counted.</param>
internal sealed record PoolForm(PoolGeometry Windows, bool Mean, int Divisor) : ExecutionForm
{
    /// <summary>What the sum of the first window is divided by.</summary>
    public int Elements =>
        Divisor > 0 ? Divisor : Windows.Depth.Counted[0] * Windows.Height.Counted[0] * Windows.Width.Counted[0];

    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        !binding.IsMap ? null
        : Mean && Windows.IsGlobal ? new MeanStep(binding, Elements)
        : new PoolStep(binding, this);
}

/// <summary>Channels behind one another.</summary>
internal sealed record ConcatForm : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.Step.Inputs.All(binding.IsBlocked) ? new ConcatStep(binding) : null;
}

/// <summary>Channels of the inputs in a new order.</summary>
/// <param name="Channels">For each channel of the output the channel it is, counted through all inputs.</param>
internal sealed record GatherForm(int[] Channels) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) =>
        binding.Step.Inputs.All(binding.IsBlocked) ? new GatherStep(binding, Channels) : null;
}

/// <summary>The same elements in the same order under another shape.</summary>
/// <param name="ByItems">Whether every item keeps its elements, so that items can be copied one by one.</param>
internal sealed record ViewForm(bool ByItems = false) : ExecutionForm
{
    /// <inheritdoc/>
    public override Step? Bind(StepBinding binding) => ByItems ? new ViewStep(binding) : null;
}
