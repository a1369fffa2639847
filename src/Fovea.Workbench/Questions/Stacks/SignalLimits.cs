namespace Fovea.Workbench;

/// <summary>How far signals and gradients may drift over the depth of a network.</summary>
/// <remarks>
/// He et al. 2015, https://arxiv.org/abs/1502.01852, figures 2 and 3: with Xavier's rule, which halves the variance at
/// every ReLU layer, 22 layers still converge (2^-22 = 2.4e-7),
/// 30 layers (2^-30 = 9.3e-10) do not. 1e-8 lies between.
/// </remarks>
internal static class SignalLimits
{
    /// <summary>Decades of variance from which on to look: ten thousand times, a hundred times in scale. MobileNetV2,
    /// which trains well, drifts 3.8e3 times.</summary>
    public const double Look = 4.0;

    /// <summary>Decades of variance from which on to fix.</summary>
    public const double Fix = 8.0;

    /// <summary>Where the limits come from.</summary>
    public const string Source = "He et al. 2015, figures 2 and 3: a drift of 2^-22 is trained, one of 2^-30 is not";

    /// <summary>The verdict on a drift.</summary>
    /// <param name="decades">Its size in decades of variance, either way.</param>
    public static Verdict VerdictOf(double decades) =>
        decades > Fix ? Verdict.Fix
        : decades > Look ? Verdict.Look
        : Verdict.Ok;

    /// <summary>The limits in words.</summary>
    public static string Text(string what) =>
        $"to look at: a {what} beyond 1e-4 to 1e4 times; to fix: beyond 1e-8 to 1e8";
}
