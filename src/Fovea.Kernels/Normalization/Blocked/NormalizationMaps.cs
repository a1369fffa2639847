namespace Fovea.Kernels;

/// <summary>Items of maps of one size.</summary>
internal unsafe ref struct NormalizationMaps
{
    /// <summary>How x lies.</summary>
    public BlockedLayout X;

    /// <summary>The item of x.</summary>
    public float* AtX;

    /// <summary>How dy lies.</summary>
    public BlockedLayout Dy;

    /// <summary>The item of dy.</summary>
    public float* AtDy;

    /// <summary>How y lies; null where it is not looked at.</summary>
    public BlockedLayout? Y;

    /// <summary>The item of y.</summary>
    public float* AtY;

    /// <summary>Largest result, below which the output lets a gradient through; not a number for no limit.</summary>
    public float High;
}
