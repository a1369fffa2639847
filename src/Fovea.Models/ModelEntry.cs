namespace Fovea.Models;

/// <summary>A model of the zoo: its name, what it takes, how it is built and usually trained.</summary>
/// <param name="Name">The name in text, e.g. <c>resnet20</c>.</param>
/// <param name="Description">One line.</param>
/// <param name="SpatialRank">Spatial axes of an item: 2 for images [C, H, W], 1 for series [C, L].</param>
/// <param name="Arguments">Names of its arguments besides classes and channels.</param>
/// <param name="Build">Builds it for a number of channels and classes; the arguments hold the rest.</param>
/// <param name="Recipe">How it is usually trained, given the number of training items.</param>
public sealed record ModelEntry(
    string Name, string Description, int SpatialRank, IReadOnlyList<string> Arguments, Func<ModelArguments, int, int, Module> Build, Func<int, Recipe> Recipe);
