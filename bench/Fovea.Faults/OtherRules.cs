using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Rules of other tools as they are published, on the same measurements. Written from their descriptions: Amazon
/// SageMaker Debugger's built-in rules, TheDeepChecker (Ben Braiek, Khomh, TOSEM 2022), DeepLocalize (Wardat et al., ICSE
/// 2021) with DeepDiagnosis's thresholds (ICSE 2022).</summary>
/// <remarks>Where a rule asks for a mean of magnitudes, norm / sqrt(count) times sqrt(2 / pi) stands for it, as if the values
/// were normal.</remarks>
internal static class OtherRules
{
    private static readonly double OfNormal = Math.Sqrt(2 / Math.PI);

    /// <summary>Tools that gave an alarm, as <c>tool: rule</c>.</summary>
    public static IEnumerable<string> Fired(Measurements m)
    {
        MeasuredStep[] samples = [.. m.Samples];
        if (samples.Length == 0)
        {
            yield break;
        }

        foreach (string rule in SageMaker(m, samples))
        {
            yield return $"SageMaker: {rule}";
        }

        foreach (string rule in DeepChecker(m, samples))
        {
            yield return $"TheDeepChecker: {rule}";
        }

        foreach (string rule in DeepLocalize(m, samples))
        {
            yield return $"DeepLocalize: {rule}";
        }
    }

    private static IEnumerable<string> SageMaker(Measurements m, MeasuredStep[] samples)
    {
        if (samples.Any(s => s.NonFinite > 0 || !double.IsFinite(s.Loss)))
        {
            yield return "ExplodingTensor";
        }

        if (Gradients(m, samples).Any(g => g < 1e-7))
        {
            yield return "VanishingGradient";
        }

        if (Ratios(m, samples).Any(r => r is > 10 or < 1e-8))
        {
            yield return "WeightUpdateRatio";
        }

        // More than half of a layer's units active in less than 1 % of the time.
        if (Activations(m).Any(i => 2 * samples[^1].Silent![i] > m.Run.Points[i].Units))
        {
            yield return "DeadRelu";
        }

        double[] losses = [.. m.Steps.Select(s => s.Loss)];
        if (Enumerable.Range(10, Math.Max(0, losses.Length - 10)).Any(i => losses[i] > 0.999 * losses[i - 10]))
        {
            yield return "LossNotDecreasing";
        }

        if (m.Epochs.Any(e => e.HeldOut is { } held && (held.Loss - e.RunningLoss) / e.RunningLoss > 0.1))
        {
            yield return "Overfit";
        }
    }

    private static IEnumerable<string> DeepChecker(Measurements m, MeasuredStep[] samples)
    {
        if (m.Run.ChanceLoss is { } chance && Math.Abs(samples[0].Loss - chance) >= chance)
        {
            yield return "initial loss";
        }

        if (Gradients(m, samples).Any(g => g < 1e-6))
        {
            yield return "vanishing gradient";
        }

        if (Gradients(m, samples).Any(g => g > 1e6))
        {
            yield return "exploding gradient";
        }

        foreach (int i in Enumerable.Range(0, m.Run.Parameters.Count).Where(i => m.Run.Parameters[i].IsWeight))
        {
            double mean = samples
                .Take(10)
                .Select(s => s.Updates is { } u && s.Weights![i] > 0 ? u[i] / s.Weights[i] : double.NaN)
                .Where(double.IsFinite)
                .DefaultIfEmpty(double.NaN)
                .Average();
            if (mean is > 0.1 or < 1e-4)
            {
                yield return mean > 0.1 ? "updates too fast" : "updates too slow";
                break;
            }
        }

        if (Activations(m).Any(i => 2 * samples[^1].Silent![i] > m.Run.Points[i].Units))
        {
            yield return "dead layer";
        }

        if (
            m
                .Run.Points.Select((p, i) => (p, i))
                .Where(p => p.p.Kind == PointKind.Activation)
                .Any(p => samples.Any(s => s.Power is { } power && Math.Sqrt(power[p.i]) is < 0.5 or > 2.0))
        )
        {
            yield return "activations unstable";
        }
    }

    private static IEnumerable<string> DeepLocalize(Measurements m, MeasuredStep[] samples)
    {
        if (samples.Any(s => s.NonFinite > 0 || !double.IsFinite(s.Loss)))
        {
            yield return "numerical error";
        }

        if (
            samples
                .Skip(1)
                .Any(s =>
                    s.Updates is { } u
                    && m.Run.Parameters.Select((p, i) => (p, i)).Any(p => p.p.IsWeight && u[p.i] == 0)
                )
        )
        {
            yield return "unchanged weight";
        }

        if (Activations(m).Any(i => samples[^1].Zeros![i] >= 0.7))
        {
            yield return "dead node";
        }

        if (Gradients(m, samples).Any(g => g < 1e-7))
        {
            yield return "vanishing gradient";
        }

        double[] accuracies = [.. m.Steps.Select(s => s.Accuracy ?? 0)];
        if (accuracies.Length >= 20 && accuracies[^1] <= accuracies[^20])
        {
            yield return "accuracy not increasing";
        }
    }

    private static IEnumerable<double> Gradients(Measurements m, MeasuredStep[] samples) =>
        samples
            .Where(s => s.Gradients is not null)
            .SelectMany(s =>
                m.Run.Parameters.Select(
                    (p, i) => p.IsWeight ? s.Gradients![i] / Math.Sqrt(p.Count) * OfNormal : double.NaN
                )
            )
            .Where(double.IsFinite);

    private static IEnumerable<double> Ratios(Measurements m, MeasuredStep[] samples) =>
        samples
            .Where(s => s.Updates is not null)
            .SelectMany(s =>
                m.Run.Parameters.Select(
                    (p, i) => p.IsWeight && s.Weights![i] > 0 ? s.Updates![i] / s.Weights[i] : double.NaN
                )
            )
            .Where(double.IsFinite);

    private static IEnumerable<int> Activations(Measurements m) =>
        m.Samples.LastOrDefault() is { Silent: not null }
            ? Enumerable.Range(0, m.Run.Points.Count).Where(i => m.Run.Points[i].Kind == PointKind.Activation)
            : [];
}
