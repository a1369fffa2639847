namespace Fovea;

/// <summary>Range checks of optimizers' and schedules' options.</summary>
internal static class OptionRange
{
    /// <summary>A share that must stay below 1.</summary>
    public static double Fraction(string subject, string option, double value) =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentException(
                FormattableString.Invariant($"{subject}: {option} must be 0 or more and less than 1, got {value}.")
            );

    /// <summary>Bounds included.</summary>
    public static double Between(string subject, string option, double value, double low, double high) =>
        value >= low && value <= high
            ? value
            : throw new ArgumentException(
                FormattableString.Invariant($"{subject}: {option} must be from {low} to {high}, got {value}.")
            );

    /// <summary>Above 0 and finite.</summary>
    public static double Positive(string subject, string option, double value) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentException(
                FormattableString.Invariant($"{subject}: {option} must be more than 0, got {value}.")
            );

    /// <summary>0 or more and finite.</summary>
    public static double NotNegative(string subject, string option, double value) =>
        value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentException(
                FormattableString.Invariant($"{subject}: {option} must be 0 or more, got {value}.")
            );

    /// <summary>1 or more.</summary>
    public static long Count(string subject, string option, long value) =>
        value >= 1
            ? value
            : throw new ArgumentException(
                FormattableString.Invariant($"{subject}: {option} must be 1 or more, got {value}.")
            );
}
