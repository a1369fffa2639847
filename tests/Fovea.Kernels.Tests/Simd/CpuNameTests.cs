using System.Runtime.InteropServices;

namespace Fovea.Kernels.Tests;

public sealed class CpuNameTests
{
    [Fact]
    public void Text_IsALineOfPrintableAscii()
    {
        Assert.NotEmpty(CpuName.Text);
        Assert.All(CpuName.Text, c => Assert.InRange(c, ' ', '~'));
        Assert.Equal(CpuName.Text.Trim(), CpuName.Text);
    }

    [Fact]
    public void Text_WhereTheSystemTellsToo_IsTheSame()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return; // no file to compare with
        }

        Dictionary<string, string> told = [];
        foreach (
            string[] pair in File.ReadLines("/proc/cpuinfo")
                .Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries))
                .Where(p => p.Length == 2)
        )
        {
            told.TryAdd(pair[0], pair[1]);
        }

        string brand = string.Join(' ', told["model name"].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"{brand}, family {told["cpu family"]}, model {told["model"]}", CpuName.Text);
    }
}
