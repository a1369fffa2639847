using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed unsafe class ChannelGatherTests
{
    private const int Draws = 60;

    [Fact]
    public void Run_AnyOrderOfAnyMaps_GivesThoseChannelsAndZerosBehindThem()
    {
        Rng root = new(20261128);
        for (int draw = 0; draw < Draws; draw++)
        {
            Rng rng = root.Split((ulong)draw);
            BlockedLayout[] from = [.. Enumerable.Range(0, 1 + rng.Next(3)).Select(_ => Layout(rng, 1 + rng.Next(40)))];
            (int height, int width) = (1 + rng.Next(5), 1 + rng.Next(9));
            from = [.. from.Select(l => Sized(l, height, width, rng))];
            int all = from.Sum(l => l.Channels);
            int[] channels = [.. Enumerable.Range(0, 1 + rng.Next(50)).Select(_ => rng.Next(all))];
            BlockedLayout to = Sized(Layout(rng, channels.Length), height, width, rng);
            float[][] planes =
            [
                .. from.Select(l => BlockedData.Integers((long)l.Channels * l.Rows * l.Width, 99, rng)),
            ];
            float[][] single = [.. planes.SelectMany(p => p.Chunk(height * width))];
            BlockedLayout whole = BlockedData.WithChannels(to, to.Blocks * to.Lanes);
            float[] filled = new float[whole.Channels * height * width];
            channels.SelectMany(c => single[c]).ToArray().CopyTo(filled, 0);
            using GuardedMap expected = new(whole, filled);
            foreach (int bits in BlockedData.Widths)
            {
                GuardedMap[] maps = [.. from.Zip(planes, (l, p) => new GuardedMap(l, p))];
                using GuardedMap actual = new(to);
                BlockedMaps.ZeroHalo(to, actual.Pointer, 0, to.Blocks);
                ChannelGather gather = new(from, to, channels, bits);
                int parts = 1 + rng.Next(3);
                for (int part = 0; part < parts; part++)
                {
                    gather.Run([.. maps.Select(m => (nint)m.Pointer)], actual.Pointer, MapPart.Of(to, part, parts));
                }

                string what = $"draw {draw}, {bits} bits, [{string.Join(", ", channels)}] of {all}";
                actual.AssertGuards(what);
                BlockedData.AssertSame(what, expected.ToArray(), actual.ToArray());
                Array.ForEach(maps, m => m.Dispose());
            }
        }
    }

    private static BlockedLayout Layout(Rng rng, int channels) => new(channels, 1, 1 + rng.Next(3), 1 + rng.Next(3));

    private static BlockedLayout Sized(BlockedLayout layout, int height, int width, Rng rng)
    {
        BlockedLayout dense = new(layout.Channels, 1, height, width);
        return rng.Next(3) == 0 ? dense : BlockedData.Widen(dense, rng);
    }
}
