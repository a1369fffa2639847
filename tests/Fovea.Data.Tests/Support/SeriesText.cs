using System.Text;

namespace Fovea.Data.Tests;

/// <summary>Opens series given as text.</summary>
internal static class SeriesText
{
    public static DataSource Open(string train, string test, DataOptions? options = null)
    {
        options ??= new DataOptions();
        return SeriesFolder.Build(
            "p",
            SeriesFolder.ReadFile("p_TRAIN", Encoding.UTF8.GetBytes(train), options),
            SeriesFolder.ReadFile("p_TEST", Encoding.UTF8.GetBytes(test), options),
            options
        );
    }

    /// <summary>The same text as both parts.</summary>
    public static DataSource Open(string both, DataOptions? options = null) => Open(both, both, options);

    public static float[] Item(IDataset data, int index)
    {
        float[] item = new float[data.ItemShape.Count];
        data.Read(index, item);
        return item;
    }

    /// <summary>All labels as names, and all values.</summary>
    public static (string[] Labels, float[][] Items) Content(IDataset data) =>
        (
            [.. Enumerable.Range(0, data.Count).Select(i => data.Classes[data.Label(i)])],
            [.. Enumerable.Range(0, data.Count).Select(i => Item(data, i))]
        );
}
