namespace Fovea.Kernels;

/// <summary>A convolution of blocked maps planned for its sizes, whose weights are packed once in the order in which it
/// reads them.</summary>
internal unsafe interface IBlockedKernel
{
    /// <summary>The sizes.</summary>
    ConvolutionGeometry Geometry { get; }

    /// <summary>Floats of the packed weights.</summary>
    long PackedSize { get; }

    /// <summary>Floats of working memory that each part needs.</summary>
    long WorkspaceSize { get; }

    /// <summary>Packs weights in the order in which they are read.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    void Pack(WeightView weights, float* packed);

    /// <summary>This convolution planned for another number of items; it reads the same packed weights.</summary>
    IBlockedKernel ForItems(int items);

    /// <summary>Computes a part.</summary>
    /// <param name="call">What it is run on.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone, on a boundary of 64 bytes.</param>
    void Run(in ConvolutionCall call, float* workspace);
}
