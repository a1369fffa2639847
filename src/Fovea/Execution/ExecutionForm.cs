using Fovea.Kernels;

namespace Fovea;

/// <summary>What compiled execution needs to know of one use of an operator in evaluation. An operator without a form
/// is run eagerly.</summary>
internal abstract record ExecutionForm;

/// <summary>A convolution; weight and bias are inputs 1 and 2.</summary>
/// <param name="Geometry">Its sizes for one item.</param>
internal sealed record ConvolutionForm(ConvolutionGeometry Geometry) : ExecutionForm;

/// <summary>A matrix product with the weight [out, in] of input 1; the bias is input 2.</summary>
internal sealed record LinearForm : ExecutionForm;

/// <summary>x * scale + shift by channel.</summary>
/// <param name="Scale">One factor a channel.</param>
/// <param name="Shift">One term a channel.</param>
internal sealed record ScaleShiftForm(double[] Scale, double[] Shift) : ExecutionForm;

/// <summary>min(max(x, low), high).</summary>
/// <param name="Low">Smallest result.</param>
/// <param name="High">Largest result.</param>
internal sealed record ClampForm(float Low, float High) : ExecutionForm;

/// <summary>A function of each element.</summary>
/// <param name="Map">Computes a run of them.</param>
internal sealed record MapForm(ElementMap Map) : ExecutionForm;

/// <summary>The sum of two values of one shape.</summary>
internal sealed record SumForm : ExecutionForm;

/// <summary>The product of two values, one of which may have a single position.</summary>
internal sealed record ProductForm : ExecutionForm;

/// <summary>A pool.</summary>
/// <param name="Windows">Where the windows lie, for one item.</param>
/// <param name="Mean">Whether means are taken, or maxima.</param>
/// <param name="Divisor">What sums are divided by; 0 for the positions counted.</param>
internal sealed record PoolForm(PoolGeometry Windows, bool Mean, int Divisor) : ExecutionForm
{
    /// <summary>What the sum of the first window is divided by.</summary>
    public int Elements =>
        Divisor > 0 ? Divisor : Windows.Depth.Counted[0] * Windows.Height.Counted[0] * Windows.Width.Counted[0];
}

/// <summary>Channels behind one another.</summary>
internal sealed record ConcatForm : ExecutionForm;

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed record ViewForm : ExecutionForm;
