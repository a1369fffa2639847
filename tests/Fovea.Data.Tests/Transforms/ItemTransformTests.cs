namespace Fovea.Data.Tests;

public sealed class ItemTransformTests
{
    private static float[] Counting(int count) => [.. Enumerable.Range(1, count).Select(i => (float)i)];

    [Fact]
    public void RandomCrop_ManyDraws_ShiftsEachWayAndFillsWithZero()
    {
        Shape shape = [2, 4, 5];
        float[] source = Counting(40);
        HashSet<(int, int)> seen = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            float[] item = [.. source];
            new RandomCrop(2).Apply(item, shape, new Rng(seed));
            (int down, int right) = Enumerable
                .Range(-2, 5)
                .SelectMany(dy => Enumerable.Range(-2, 5).Select(dx => (dy, dx)))
                .Single(shift => item.SequenceEqual(Shifted(source, shift.dy, shift.dx)));
            seen.Add((down, right));
        }

        Assert.Equal(25, seen.Count);
    }

    private static float[] Shifted(float[] source, int down, int right) =>
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i => (C: i / 20, Y: (i / 5 % 4) - down, X: (i % 5) - right))
                .Select(p => p.Y is >= 0 and < 4 && p.X is >= 0 and < 5 ? source[(p.C * 20) + (p.Y * 5) + p.X] : 0f),
        ];

    [Fact]
    public void RandomFlip_Certain_MirrorsEveryRow()
    {
        float[] item = Counting(12);
        new RandomFlip(1).Apply(item, [2, 2, 3], new Rng(0));
        Assert.Equal([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10], item);
        new RandomFlip(0).Apply(item, [2, 2, 3], new Rng(0));
        Assert.Equal([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10], item);
    }

    [Fact]
    public void RandomFlip_Half_FlipsAboutHalf() =>
        Assert.InRange(Enumerable.Range(0, 400).Count(seed => Flipped((ulong)seed)), 160, 240);

    private static bool Flipped(ulong seed)
    {
        float[] item = [1, 2];
        new RandomFlip(0.5).Apply(item, [1, 1, 2], new Rng(seed));
        return item[0] == 2;
    }

    [Fact]
    public void RandomErasing_Certain_BlanksOneRectangleInAllChannels()
    {
        Shape shape = [2, 16, 20];
        for (ulong seed = 0; seed < 100; seed++)
        {
            float[] item = Counting(640);
            new RandomErasing(1).Apply(item, shape, new Rng(seed));
            int[] blank = [.. Enumerable.Range(0, 320).Where(i => item[i] == 0)];
            Assert.Equal(blank, Enumerable.Range(0, 320).Where(i => item[320 + i] == 0));
            int height = blank.Select(i => i / 20).Distinct().Count(),
                width = blank.Select(i => i % 20).Distinct().Count();
            Assert.Equal(height * width, blank.Length);
            Assert.InRange(blank.Length / 320.0, 0.01, 0.45);
        }
    }

    [Fact]
    public void Jitter_Noise_HasTheAskedDeviation()
    {
        float[] item = new float[20000];
        new Jitter(0.5).Apply(item, [2, 10000], new Rng(1));
        Assert.Equal(0.0, item.Average(), 0.02);
        Assert.Equal(0.5, Math.Sqrt(item.Average(v => (double)v * v)), 0.02);
    }

    [Fact]
    public void RandomScale_Channels_EachGetOneFactor()
    {
        float[] item = [1, 2, 3, 1, 2, 3];
        new RandomScale(0.1).Apply(item, [2, 3], new Rng(2));
        Assert.Equal(item[0] * 2, item[1], 5);
        Assert.Equal(item[3] * 3, item[5], 5);
        Assert.NotEqual(item[0], item[3]);
        Assert.InRange(item[0], 0.5f, 1.5f);
    }

    [Fact]
    public void WindowCrop_PositionsOnPoints_ReadThem()
    {
        for (int length = 20; length <= 200; length += 9)
        {
            int window = (int)Math.Round(length * 0.5);
            float[] line = [.. Enumerable.Range(0, length).Select(i => (float)i)];
            new WindowCrop(0.5).Apply(line, [1, length], new Rng(1));
            for (int i = 0; i < length; i++)
            {
                long at = (long)i * (window - 1);
                float expected = line[0] + (float)((double)at / (length - 1));
                Assert.True(
                    at % (length - 1) == 0 ? line[i] == expected : Math.Abs(line[i] - expected) < 1e-4f,
                    $"{window} of {length} points: point {i} is {line[i]}, not {expected}"
                );
            }
        }
    }

    [Fact]
    public void WindowCrop_Ramp_IsAStretchOfTheRamp()
    {
        HashSet<float> starts = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            float[] item = Counting(10);
            new WindowCrop(0.5).Apply(item, [1, 10], new Rng(seed));
            starts.Add(item[0]);
            Assert.Equal(item[0] + 4, item[9], 4);
            Assert.All(Enumerable.Range(1, 9), i => Assert.Equal(4f / 9, item[i] - item[i - 1], 4));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], starts.Order());
        float[] whole = Counting(10);
        new WindowCrop(1).Apply(whole, [1, 10], new Rng(0));
        Assert.Equal(Counting(10), whole);
    }
}
