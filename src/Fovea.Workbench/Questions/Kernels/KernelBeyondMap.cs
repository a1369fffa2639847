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
            .. FilterLayer
                .ByLayer(evidence)
                .Where(uses => uses[0].HasKernel)
                .Select(uses => Reading.Of(evidence, uses))
                .OfType<Reading>(),
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

    /// <summary>How often each tap of an axis meets the input; padding that repeats the input counts as such.</summary>
    internal static int[] Hits(WindowAxisMap window)
    {
        int[] hits = new int[window.Kernel];
        if (window.Mode != PaddingMode.Zeros)
        {
            Array.Fill(hits, window.Out);
            return hits;
        }

        for (int o = 0; o < window.Out; o++)
        {
            int tap = 0;
            foreach (int position in window.Taps(o))
            {
                hits[tap++] += position >= 0 ? 1 : 0;
            }
        }

        return hits;
    }

    /// <summary>What a kernel reads, at all its uses.</summary>
    /// <param name="Layer">The use at which it reads most padding.</param>
    /// <param name="Map">Sizes of the map there.</param>
    /// <param name="Idle">Share of the weights that never meet the input, at any use.</param>
    /// <param name="Padding">Share of all reads that are zero padding.</param>
    /// <param name="IsLarger">Whether the window spans more positions than there are, along an axis, at a use.</param>
    /// <param name="ReadsWhole">Whether there is one window, and it covers the map, at every use.</param>
    private sealed record Reading(
        FilterLayer Layer,
        string Map,
        double Idle,
        double Padding,
        bool IsLarger,
        bool ReadsWhole
    )
    {
        public static Reading? Of(Evidence evidence, FilterLayer[] uses)
        {
            (FilterLayer Layer, WindowAxisMap[] Windows)[] read =
            [
                .. uses.Select(l => (l, evidence.WindowsOf(l.Node).Select(w => w.Window).ToArray()))
                    .Where(u => u.Item2.Length > 0),
            ];
            if (read.Length == 0 || read.Any(r => r.Windows.Length != read[0].Windows.Length))
            {
                return null;
            }

            bool[] met = new bool[read[0].Windows.Aggregate(1, (taps, w) => taps * w.Kernel)];
            double[] onInput = [.. read.Select(r => OnInput(r.Windows, met))],
                all = [.. read.Select(r => r.Windows.Aggregate(1.0, (product, w) => product * w.Kernel * w.Out))];
            int worst = Enumerable.Range(0, read.Length).MinBy(i => onInput[i]);
            WindowAxisMap[][] windows = [.. read.Select(r => r.Windows)];
            return new Reading(
                read[worst].Layer,
                Figures.Kernel([.. windows[worst].Select(w => w.In)]),
                (double)met.Count(m => !m) / met.Length,
                1.0
                    - (
                        read.Length == 1
                            ? onInput[0]
                            : onInput.Zip(all, (share, reads) => share * reads).Sum() / all.Sum()
                    ),
                windows.Any(u => u.Any(w => w.Kernel > 1 && w.Extent > w.In)),
                windows.All(u => u.All(w => w.Out == 1 && w.Extent == w.In) && u.Any(w => w.In > 1))
            );
        }

        /// <summary>The share of a use's reads that are input; marks the taps of the kernel that meet it.</summary>
        private static double OnInput(WindowAxisMap[] windows, bool[] met)
        {
            int[][] hits = [.. windows.Select(Hits)];
            for (int tap = 0; tap < met.Length; tap++)
            {
                met[tap] |= Meets(hits, tap);
            }

            return hits.Zip(windows)
                .Aggregate(1.0, (share, h) => share * h.First.Sum() / ((long)h.Second.Kernel * h.Second.Out));
        }

        /// <summary>Whether a tap of the kernel, the innermost axis fastest, meets the input along every axis.</summary>
        private static bool Meets(int[][] hits, int tap)
        {
            for (int axis = hits.Length - 1; axis >= 0; tap /= hits[axis].Length, axis--)
            {
                if (hits[axis][tap % hits[axis].Length] == 0)
                {
                    return false;
                }
            }

            return true;
        }

        public override string ToString() =>
            $"{Layer.Name}, {Figures.Kernel(Layer.Filters.Kernel)} on {Map}, reads {Figures.Percent(Padding)} padding"
            + (Idle > 0.0 ? $" and uses {Figures.Percent(1.0 - Idle)} of its weights" : "");
    }
}
