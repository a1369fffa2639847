using System.Globalization;
using System.Reflection;

namespace Fovea.Peers;

/// <summary>What a figure depends on beside the programs.</summary>
internal static class Surroundings
{
    private static readonly string[] Known =
    [
        "DOTNET_EnableAVX512",
        "FOVEA_SIMD",
        "ATEN_CPU_CAPABILITY",
        "ONEDNN_MAX_CPU_ISA",
    ];

    /// <summary>The environment's switches that narrow vectors, as a shell takes them before a command.</summary>
    public static string Switches() =>
        string.Concat(
            Known
                .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
                .Where(s => s.Value is not null)
                .Select(s => $"{s.Name}={s.Value} ")
        );

    /// <summary>The processor's name, and how many there are.</summary>
    public static string Processor()
    {
        string name = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(": ")[^1]
                ?? "unknown"
            : "unknown";
        return $"{name}, {Environment.ProcessorCount} processors";
    }

    /// <summary>The mean number of programs that ran or waited in the last minute.</summary>
    public static string Load() =>
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>Today.</summary>
    public static string Date() => DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The peers' versions.</summary>
    public static string Versions(PeerOptions options)
    {
        string torch = $"libtorch by TorchSharp {Version("TorchSharp")}",
            onnx = $"ONNX Runtime {Version("Microsoft.ML.OnnxRuntime")}";
        return options.IsTraining ? $"{torch}."
            : options.HasTorch ? $"{onnx}, {torch}, the faster of its two layouts."
            : $"{onnx}.";
    }

    private static string Version(string assembly) => Assembly.Load(assembly).GetName().Version!.ToString(3);
}
