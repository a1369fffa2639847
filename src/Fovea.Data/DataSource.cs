namespace Fovea.Data;

/// <summary>A data set as it is used: a part to learn from and a part to be judged on, with the same item shape and
/// classes.</summary>
/// <param name="Name">The problem's name, e.g. <c>shapes</c> or <c>GunPoint</c>.</param>
/// <param name="Format">Where it comes from: <c>generated</c>, <c>idx</c>, <c>ts</c>, <c>tsv</c>, <c>txt</c> or
/// <c>arff</c>.</param>
/// <param name="Train">The items to learn from.</param>
/// <param name="Test">The items to be judged on.</param>
public sealed record DataSource(string Name, string Format, IDataset Train, IDataset Test);
