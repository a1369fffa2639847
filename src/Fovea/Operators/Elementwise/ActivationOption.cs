using System.Globalization;

namespace Fovea;

/// <summary>Checks the options of activations.</summary>
internal static class ActivationOption
{
    /// <summary>The value, if it is finite and above 0.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static double Positive(string subject, string option, double value) =>
        value > 0.0 && double.IsFinite(value)
            ? value
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{subject}: {option} must be above 0, got {value}.")
            );
}
