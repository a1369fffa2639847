using Fovea.Kernels;

namespace Fovea;

/// <summary>The last plan of a convolution. Its gradient operators share it, so that a training step plans
/// nothing.</summary>
internal sealed class ConvolutionPlans
{
    private ConvolutionPlan? _last;

    /// <summary>The plan of a geometry: the last one where that is the same.</summary>
    public ConvolutionPlan For(in ConvolutionGeometry geometry)
    {
        ConvolutionPlan? last = _last;
        if (last is null || last.Geometry != geometry)
        {
            _last = last = ConvolutionPlanner.Plan(geometry);
        }

        return last;
    }
}
