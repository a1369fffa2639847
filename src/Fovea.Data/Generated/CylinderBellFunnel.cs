namespace Fovea.Data;

/// <summary>The built-in set <c>cbf</c>: cylinder, bell and funnel (Saito: Local feature extraction and its
/// applications using a library of bases; 1994); made on first use.</summary>
/// <remarks>
/// At t = 1..128, with onset a uniform on 16..32, duration b - a uniform on 32..96, amplitude 6 + N(0, 1) and noise
/// N(0, 1) at every point:
/// a cylinder is flat from a to b, a bell rises there from 0 to the amplitude, a funnel falls from it to 0. Each series
/// is then brought to
/// mean 0 and standard deviation 1, as in the UCR archive.
/// </remarks>
internal static class CylinderBellFunnel
{
    public const int DefaultTrainCount = 30;
    public const int DefaultTestCount = 900;
    public const int Length = 128;

    private static readonly string[] Classes = ["cylinder", "bell", "funnel"];

    /// <summary>The set of a seed.</summary>
    public static DataSource Open(DataOptions options)
    {
        Rng rng = new Rng(options.Seed).Split("cbf");
        return new DataSource(
            "cbf",
            "generated",
            Dataset(
                "cbf train",
                ItemLimits.GeneratedCount(
                    "cbf",
                    options.TrainCount,
                    DefaultTrainCount,
                    Length * sizeof(float),
                    DataOptions.TrainItems
                ),
                rng.Split("train")
            ),
            Dataset(
                "cbf test",
                ItemLimits.GeneratedCount(
                    "cbf",
                    options.TestCount,
                    DefaultTestCount,
                    Length * sizeof(float),
                    DataOptions.TestItems
                ),
                rng.Split("test")
            )
        );
    }

    private static SeriesDataset Dataset(string name, int count, Rng rng)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % Classes.Length)];
        return new SeriesDataset(
            name,
            [1, Length],
            Classes,
            new Lazy<float[][]>(() => [.. labels.Select((label, i) => Generate(label, rng.Split((ulong)i)))]),
            labels
        );
    }

    private static float[] Generate(int label, Rng rng)
    {
        int onset = 16 + rng.Next(17),
            duration = 32 + rng.Next(65);
        double amplitude = 6 + rng.NextNormal();
        float[] values = new float[Length];
        for (int i = 0; i < Length; i++)
        {
            double along = (double)(i + 1 - onset) / duration;
            double form = along is < 0 or > 1
                ? 0
                : label switch
                {
                    0 => 1,
                    1 => along,
                    _ => 1 - along,
                };
            values[i] = (float)((amplitude * form) + rng.NextNormal());
        }

        ZNormalization.Apply(values);
        return values;
    }
}
