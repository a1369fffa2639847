namespace Fovea.Workbench;

/// <summary>1.4: whether kernels are larger than the maps they read, mostly read padding, or have taps that never meet
/// the input.</summary>
/// <remarks>
/// On a single position a 3x3 kernel with padding 1 reads padding with 8 of its 9 taps: these weights get no gradient
/// and no use. Where all taps meet the input at some position but
/// most reads are padding, the layer is dimmed rather than idle. Kernels that outgrow their map add no context: Richter
/// et al. 2021, Input size matters for CNN classifiers,
/// https://doi.org/10.1007/978-3-030-86340-1_11.
/// </remarks>
public sealed class KernelBeyondMap : Question
{
    /// <inheritdoc/>
    public override string Id => "1.4";

    /// <inheritdoc/>
    public override string Text => "Is a kernel larger than its input map, or does it mostly read padding?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Reading[] readings =
        [
            .. FilterLayer.Of(evidence).Where(l => l.HasKernel).Select(l => Reading.Of(evidence, l)).OfType<Reading>(),
        ];
        if (readings.Length == 0)
        {
            return NotApplicable("No window of a convolution is wider than one position.");
        }

        Reading[] idle = [.. readings.Where(r => r.Idle > 0.0).OrderByDescending(r => r.Idle)];
        Reading[] padded =
        [
            .. readings.Where(r => r.Idle == 0.0 && (r.Padding > 0.5 || r.IsLarger)).OrderByDescending(r => r.Padding),
        ];
        Reading[] whole = [.. readings.Where(r => r.ReadsWhole)];
        Reading most = readings.MaxBy(r => r.Padding)!;
        double idleWeights = idle.Sum(r => r.Idle * r.Layer.WeightCount);
        string finding =
            idle.Length > 0
                ? $"{Figures.Of(idle.Length, "kernel")} have taps that never meet the input at {evidence.InputText}: {idle[0]}; {Figures.Count(idleWeights)} weights are idle in all."
            : padded.Length > 0
                ? $"{Figures.Of(padded.Length, "kernel")} are larger than their map or read mostly padding at {evidence.InputText}: {padded[0]}."
            : $"All {readings.Length} kernels fit their maps; {most.Layer.Name} reads most padding, {Figures.Percent(most.Padding)} of its taps."
                + (
                    whole.Length > 0
                        ? $" {Figures.Names([.. whole.Select(w => w.Layer.Name)])} read their whole map at once, as a fully connected layer does."
                        : ""
                );
        bool wrong = idle.Length + padded.Length > 0;
        return Answer(
            idle.Length > 0 ? Verdict.Fix
                : wrong ? Verdict.Look
                : Verdict.Ok,
            finding
        ) with
        {
            Layers = [.. idle.Concat(padded).Select(r => r.Layer.Name)],
            Predicted =
            [
                new("idleWeights", idleWeights, "values"),
                new("kernelsWithIdleTaps", idle.Length, "layers"),
                new("kernelsMostlyPadding", padded.Length, "layers"),
                new("largestPaddingShare", 100.0 * most.Padding, "%"),
            ],
            Threshold =
                "to fix: taps that lie on padding at every position; to look at: more than half of all reads on padding, or a kernel wider than its map",
            Source = "counted; Richter et al. 2021, Input size matters",
            Remedy = wrong
                ? "Use a larger input, one stride fewer, or 1x1 kernels where the map has become so small."
                : "",
            Experiment = wrong ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}" : "",
        };
    }

    /// <summary>What a kernel reads.</summary>
    /// <param name="Layer">Its layer.</param>
    /// <param name="Map">Sizes of the map.</param>
    /// <param name="Idle">Share of the weights that never meet the input.</param>
    /// <param name="Padding">Share of all reads that are zero padding.</param>
    /// <param name="IsLarger">Whether the window spans more positions than there are, along an axis.</param>
    /// <param name="ReadsWhole">Whether there is one window, and it covers the map.</param>
    private sealed record Reading(
        FilterLayer Layer,
        string Map,
        double Idle,
        double Padding,
        bool IsLarger,
        bool ReadsWhole
    )
    {
        public static Reading? Of(Evidence evidence, FilterLayer layer)
        {
            WindowAxisMap[] windows = [.. evidence.WindowsOf(layer.Node).Select(w => w.Window)];
            if (windows.Length == 0)
            {
                return null;
            }

            double used = 1.0,
                onInput = 1.0;
            foreach (WindowAxisMap w in windows.Where(w => w.Mode == PaddingMode.Zeros))
            {
                int[] hits = new int[w.Kernel];
                for (int o = 0; o < w.Out; o++)
                {
                    int tap = 0;
                    foreach (int position in w.Taps(o))
                    {
                        hits[tap++] += position >= 0 ? 1 : 0;
                    }
                }

                used *= (double)hits.Count(h => h > 0) / w.Kernel;
                onInput *= (double)hits.Sum() / ((long)w.Kernel * w.Out);
            }

            return new Reading(
                layer,
                Figures.Kernel([.. windows.Select(w => w.In)]),
                1.0 - used,
                1.0 - onInput,
                windows.Any(w => w.Kernel > 1 && w.Extent > w.In),
                windows.All(w => w.Out == 1 && w.Extent == w.In) && windows.Any(w => w.In > 1)
            );
        }

        public override string ToString() =>
            $"{Layer.Name}, {Figures.Kernel(Layer.Filters.Kernel)} on {Map}, reads {Figures.Percent(Padding)} padding"
            + (Idle > 0.0 ? $" and uses {Figures.Percent(1.0 - Idle)} of its weights" : "");
    }
}
