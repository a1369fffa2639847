namespace Fovea;

/// <summary>A module that draws random numbers as it runs. Saving and restoring its state makes a resumed run draw what
/// the unbroken one would have.</summary>
public interface IRandomState
{
    /// <summary>The position of the module's generator.</summary>
    RngState RandomState { get; set; }
}
