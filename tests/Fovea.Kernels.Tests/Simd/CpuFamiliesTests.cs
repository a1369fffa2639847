using Fovea.Testing;

namespace Fovea.Kernels.Tests;

public sealed class CpuFamiliesTests
{
    private const string Amd = "AuthenticAMD";
    private const string Intel = "GenuineIntel";

    public static TheoryData<string> Families => [.. CpuFamilies.All.Select(f => f.Name)];

    /// <summary>Family and model as <c>/proc/cpuinfo</c> shows them of processors that carry these names.</summary>
    [Theory]
    [InlineData(Amd, 23, 49, "Zen 2")] // EPYC 7742
    [InlineData(Amd, 23, 113, "Zen 2")] // Ryzen 9 3900X
    [InlineData(Amd, 25, 1, "Zen 3")] // EPYC 7763
    [InlineData(Amd, 25, 33, "Zen 3")] // Ryzen 9 5950X
    [InlineData(Amd, 25, 17, "Zen 4")] // EPYC 9654
    [InlineData(Amd, 25, 97, "Zen 4")] // Ryzen 9 7950X
    [InlineData(Amd, 26, 2, "Zen 5")] // EPYC 9755
    [InlineData(Amd, 26, 68, "Zen 5")] // Ryzen 9 9950X
    [InlineData(Intel, 6, 94, "Skylake")] // Core i7-6700K
    [InlineData(Intel, 6, 158, "Skylake")] // Core i7-8700K
    [InlineData(Intel, 6, 85, "Skylake-X")] // Xeon Platinum 8280
    [InlineData(Intel, 6, 106, "Ice Lake server")] // Xeon Platinum 8380
    [InlineData(Intel, 6, 143, "Sapphire Rapids")] // Xeon Platinum 8480+
    [InlineData(Intel, 6, 151, "Alder Lake")] // Core i9-12900K
    [InlineData(Intel, 6, 183, "Raptor Lake")] // Core i9-13900K
    [InlineData(Intel, 6, 44, "Westmere")] // Xeon X5650
    [InlineData(Amd, 23, 8, null)] // Ryzen 7 2700X, whose units have 128 bits
    [InlineData(Intel, 6, 60, null)] // Core i7-4770, Haswell
    public void Of_WhatCpuidTells_IsTheKindOfThatProcessor(string vendor, int family, int model, string? expected) =>
        Assert.Equal(expected, CpuFamilies.Of(new CpuIdentity(vendor, family, model))?.Name);

    [Fact]
    public void Of_NoIdentity_IsNull() => Assert.Null(CpuFamilies.Of(null));

    [Fact]
    public void All_Models_BelongToOneKindOnly()
    {
        foreach ((string vendor, int family) in CpuFamilies.All.Select(f => (f.Vendor, f.Family)).Distinct())
        {
            for (int model = 0; vendor.Length > 0 && model < 256; model++)
            {
                CpuFamily[] kinds = [.. CpuFamilies.All.Where(f => f.Is(new(vendor, family, model)))];
                Assert.True(
                    kinds.Length < 2,
                    $"{vendor}, family {family}, model {model}: {string.Join(", ", kinds.Select(k => k.Name))}"
                );
            }
        }
    }

    /// <summary>Rpeak of the TOP500 list of November 2020, which counts in double precision, half as many lanes: Frontera
    /// (Xeon Platinum 8280 at 2.7 GHz), Hawk (EPYC 7742 at 2.25 GHz).</summary>
    [Theory]
    [InlineData("Skylake-X", 448_448, 2.7, 38_745.9)]
    [InlineData("Zen 2", 698_880, 2.25, 25_159.7)]
    public void PeakGflops_OfAListedMachine_IsItsRpeak(string family, int cores, double gigahertz, double teraflops) =>
        Assert.Equal(
            teraflops,
            CpuFamilies.Named(family).Profile.PeakGflops(cores, gigahertz) / 2 / 1000,
            0.05 // a digit behind the point
        );

    /// <summary>A core by its maker's figures, in single precision: 102.4 GFLOP/s of an M1 at 3.2 GHz (4 units of 4 lanes);
    /// 32 FLOP a cycle of Zen 4 at any width from 256 bits up, 64 of Zen 5 and Sapphire Rapids at 512.</summary>
    [Theory]
    [InlineData("Apple M1", 128, 3.2, 102.4)]
    [InlineData("Graviton 2", 128, 2.5, 40)]
    [InlineData("Graviton 3", 128, 2.6, 83.2)]
    [InlineData("Zen 4", 512, 1, 32)]
    [InlineData("Zen 4", 256, 1, 32)]
    [InlineData("Zen 4", 128, 1, 16)]
    [InlineData("Zen 5", 512, 1, 64)]
    [InlineData("Sapphire Rapids", 512, 1, 64)]
    [InlineData("Sapphire Rapids", 256, 1, 32)]
    [InlineData("Westmere", 128, 1, 8)]
    public void PeakGflops_OfACore_IsWhatItsMakerSays(string family, int bits, double gigahertz, double expected) =>
        Assert.Equal(expected, CpuFamilies.Named(family).At(bits).PeakGflops(1, gigahertz), 1e-9);

    [Theory]
    [MemberData(nameof(Families))]
    public void Profile_OfAKind_HasCachesThatGrowAndRegistersOfItsWidth(string family)
    {
        CpuProfile cpu = CpuFamilies.Named(family).Profile;
        Assert.True(
            cpu.FirstCache < cpu.SecondCache && (cpu.ThirdCache == 0 || cpu.SecondCache < cpu.ThirdCache),
            cpu.ToString()
        );
        Assert.Equal(
            cpu.Bits == 512
            || family.StartsWith("Apple", StringComparison.Ordinal)
            || family.StartsWith("Graviton", StringComparison.Ordinal)
                ? 32
                : 16,
            cpu.Registers
        );
    }
}
