namespace Fovea.Kernels;

/// <summary>What a convolution of blocked maps is run on.</summary>
internal unsafe struct ConvolutionCall
{
    /// <summary>The first item of the input.</summary>
    public float* X;

    /// <summary>Floats from an item of the input to the next.</summary>
    public long XItem;

    /// <summary>The packed weights.</summary>
    public float* Weights;

    /// <summary>One value an output channel, filled up to whole blocks with zeros.</summary>
    public float* Bias;

    /// <summary>The first item of what is added before clamping, laid out as the output, and not the output itself; may
    /// be null.</summary>
    public float* Add;

    /// <summary>Floats from an item of the addend to the next.</summary>
    public long AddItem;

    /// <summary>The first item of the output.</summary>
    public float* Y;

    /// <summary>Floats from an item of the output to the next.</summary>
    public long YItem;

    /// <summary>Items.</summary>
    public int Items;

    /// <summary>Smallest result.</summary>
    public float Low;

    /// <summary>Largest result.</summary>
    public float High;

    /// <summary>Applied to the results in the end; may be null.</summary>
    public ElementMap? Map;

    /// <summary>Memory that is needed after this call, e.g. the next weights; may be null.</summary>
    public float* Next;

    /// <summary>Which part of the work to do.</summary>
    public int Part;

    /// <summary>Of how many.</summary>
    public int Parts;
}
