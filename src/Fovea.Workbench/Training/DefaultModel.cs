namespace Fovea.Workbench;

/// <summary>The model where none is asked for.</summary>
internal static class DefaultModel
{
    /// <summary>A small network for images, or for series.</summary>
    public static string For(Shape itemShape) => itemShape.Rank == 2 ? "fcn" : "small_cnn";
}
