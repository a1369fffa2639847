using System.Globalization;
using System.Runtime.InteropServices;

namespace Fovea.Kernels.Tests;

public sealed class CpuDetectionTests
{
    private const string Caches = "/sys/devices/system/cpu/cpu0/cache";

    [Fact]
    public void Detect_OnLinux_FindsTheCachesThatTheSystemFinds()
    {
        if (!Directory.Exists(Caches) || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return; // nothing tells what is right
        }

        CpuProfile cpu = CpuDetection.Detect(CpuTier.Bits);
        long[] found = [cpu.FirstCache, cpu.SecondCache, cpu.ThirdCache];
        foreach (string folder in Directory.GetDirectories(Caches, "index*"))
        {
            string Told(string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();
            int level = int.Parse(Told("level"), CultureInfo.InvariantCulture);
            if (Told("type") != "Instruction" && level <= found.Length)
            {
                long bytes = 1024 * long.Parse(Told("size").TrimEnd('K'), CultureInfo.InvariantCulture);
                Assert.True(bytes == found[level - 1], $"level {level}: {bytes} bytes, found {found[level - 1]}");
            }
        }
    }

    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Detect_AnyWidth_HasATileForEveryWidthOfChunks(int bits)
    {
        CpuProfile cpu = CpuDetection.Detect(bits);
        Assert.Equal(bits / 32, cpu.Lanes);
        TileChoice tiles = TileChoice.For(cpu, TileCall.Block)!;
        Assert.All(tiles.ChunkBlocks, blocks => Assert.Equal(1, tiles.Cover(1, blocks, 9, 16).Main.Pixels));
        Assert.Contains(1, tiles.ChunkBlocks);
    }

    [Fact]
    public void Current_Profile_IsOfTheWidthThatKernelsRunAt()
    {
        Assert.Equal(CpuTier.Bits, CpuProfile.Current.Bits);
        Assert.Equal(CpuProfile.Current, CpuDetection.Detect(CpuTier.Bits));
    }
}
