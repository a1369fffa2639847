namespace Fovea.Workbench;

/// <summary>When a logit says yes.</summary>
internal static class BinaryDecision
{
    /// <summary>The logit of a probability: above it the answer is yes.</summary>
    /// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
    public static double Logit(double threshold) =>
        threshold is > 0 and < 1
            ? Math.Log(threshold / (1 - threshold))
            : throw new ArgumentException(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"Threshold: must be a probability above 0 and below 1, got {threshold}."
                )
            );
}
