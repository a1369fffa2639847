namespace Fovea.Models;

/// <summary>A model of the zoo: its name, what it takes, how it is built and usually trained.</summary>
/// <param name="Name">The name in text, e.g. <c>resnet20</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="Input">Shape of an item it was designed for: [C, H, W] for images, [C, L] for series. Its rank less one
/// is the number of spatial axes.</param>
/// <param name="Classes">Classes it was designed for; taken where neither data nor an argument says otherwise.</param>
/// <param name="Arguments">Names of its arguments besides classes and channels. With <c>dims</c> among them, it also
/// comes with one or three spatial axes.</param>
/// <param name="Build">Builds it.</param>
/// <param name="Recipe">How it is usually trained, given the number of training items.</param>
public sealed record ModelEntry(
    string Name,
    string Description,
    Shape Input,
    int Classes,
    IReadOnlyList<string> Arguments,
    Func<ModelRequest, Module> Build,
    Func<int, Recipe> Recipe
)
{
    /// <summary>Spatial axes of an item of the usual form.</summary>
    public int SpatialRank => Input.Rank - 1;

    /// <summary>Whether it also comes with another number of spatial axes.</summary>
    public bool AnyDims => Arguments.Contains("dims");
}
