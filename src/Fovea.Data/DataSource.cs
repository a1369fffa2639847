namespace Fovea.Data;

/// <summary>A data set as it is used: a part to learn from and a part to be judged on, with the same item shape and
/// classes.</summary>
/// <param name="Name">The problem's name, e.g. <c>shapes</c> or <c>GunPoint</c>.</param>
/// <param name="Format">Where it comes from: <c>generated</c>, <c>idx</c>, <c>cifar</c>, <c>npz</c>, <c>ts</c>,
/// <c>tsv</c>, <c>txt</c> or <c>arff</c>; <c>images</c> for a folder of pictures.</param>
/// <param name="Train">The items to learn from.</param>
/// <param name="Test">The items to be judged on.</param>
public sealed record DataSource(string Name, string Format, IDataset Train, IDataset Test)
{
    /// <summary>What to know about how it was read, a sentence each: what was left out, and why; empty where nothing
    /// was.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>What was found of pictures; null where the set is no image folder.</summary>
    public PictureStatistics? Pictures { get; init; }
}
