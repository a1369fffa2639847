namespace Fovea.Initialization;

/// <summary>Which direction keeps its variance under Kaiming's rule.</summary>
public enum FanMode
{
    /// <summary>Signals on the way forward.</summary>
    FanIn,

    /// <summary>Gradients on the way back.</summary>
    FanOut,
}
