using System.Globalization;

namespace Fovea.Workbench;

/// <summary>Commands that test a remedy.</summary>
internal static class Experiments
{
    /// <summary>A study of this network on the run's data.</summary>
    /// <param name="evidence">The network.</param>
    /// <param name="measured">The run.</param>
    /// <param name="factors">What is varied, e.g. <c>lr=0.1,0.01</c>.</param>
    public static string Study(Evidence evidence, Measurements measured, params IEnumerable<string> factors) =>
        $"fovea study {evidence.Model} --data {(measured.Run.Data.Length > 0 ? measured.Run.Data : "D")} "
        + string.Join(" ", factors.Select(f => $"--vary {f}"))
        + " --seeds 8";

    /// <summary>A number as options of a command have it.</summary>
    public static string Number(double value) =>
        value.ToString("0.######", CultureInfo.InvariantCulture) is var text && text != "0"
            ? text
            : value.ToString("G3", CultureInfo.InvariantCulture);
}
