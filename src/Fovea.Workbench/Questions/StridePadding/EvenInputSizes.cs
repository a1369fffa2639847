namespace Fovea.Workbench;

/// <summary>2.3: at which input sizes every strided window reads its padded input to the end.</summary>
/// <remarks>
/// Sizes are floors of affine functions of the input size, so whether all strides come out even depends on the size
/// modulo the total stride. Two periods around the present size are tried,
/// by asking each operator's shape rule once for every size it meets, and the sizes found are written as residues.
/// </remarks>
public sealed class EvenInputSizes : Question
{
    private const int LongestPeriod = 2048;

    /// <inheritdoc/>
    public override string Id => "2.3";

    /// <inheritdoc/>
    public override string Text => "Which input sizes keep padding even and drop nothing?";

    /// <inheritdoc/>
    public override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        int rank = evidence.Graph.SpatialRank,
            last = evidence.Graph.Nodes.Count - 1;
        int[] periods = [.. Enumerable.Range(0, rank).Select(axis => AxisSizes.TotalStride(evidence, axis, last))];
        if (periods.All(p => p == 1))
        {
            return NotApplicable("No window has a stride above 1.");
        }

        AxisSizes[] sizes = [.. Enumerable.Range(0, rank).Select(axis => AxisSizes.Of(evidence, axis))];
        if (sizes.Select(s => s.Unknown).FirstOrDefault(u => u is not null) is { } unknown)
        {
            return CannotTell($"How sizes go through layer '{unknown}' is not known.");
        }

        if (periods.Max() > LongestPeriod)
        {
            return CannotTell(
                $"The strides begin anew only after {periods.Max()} pixels; up to {LongestPeriod} are tried."
            );
        }

        return Answer(evidence, [.. sizes.Select((s, axis) => Try(s, evidence.InputSizes[axis], periods[axis]))]);
    }

    private Answer Answer(Evidence evidence, EvenSizes[] axes)
    {
        bool even = axes.All(a => a.IsEven);
        bool none = axes.Any(a => a.Sizes.Count == 0);
        string finding = AxisText.ByAxis([.. axes.Select(a => a.Text)]);
        return Answer(even ? Verdict.Ok : Verdict.Look, $"{char.ToUpperInvariant(finding[0])}{finding[1..]}.") with
        {
            Predicted = none
                ? []
                :
                [
                    .. AxisText.Quantities("modulus", [.. axes.Select(a => (double)a.Modulus)], "pixels"),
                    .. axes.All(a => a.Residues.Count == 1)
                        ? AxisText.Quantities("residue", [.. axes.Select(a => (double)a.Residues[0])], "pixels")
                        : [],
                    .. axes.All(a => a.Below is not null)
                        ? AxisText.Quantities("below", [.. axes.Select(a => (double)a.Below!)], "pixels")
                        : [],
                    .. axes.All(a => a.Above is not null)
                        ? AxisText.Quantities("above", [.. axes.Select(a => (double)a.Above!)], "pixels")
                        : [],
                ],
            Threshold = "the present size is not one of them",
            Source =
                "(n + padding - extent) mod stride = 0 at every strided window, solved over one period of the total stride; Alsallakh et al. 2021, Mind the Pad",
            Remedy =
                even || none
                    ? none && !even
                        ? "Give the strided windows that disagree the same padding rule, e.g. odd kernels with padding kernel / 2."
                        : ""
                    : "Resize or pad the input to one of these sizes.",
            Experiment =
                even ? ""
                : none || axes.Any(a => (a.Above ?? a.Below) is null)
                    ? $"fovea inspect {evidence.Model} --input {evidence.SweepText()}"
                : $"fovea inspect {evidence.Model} --input {evidence.Input[0]}x{AxisText.Sizes(axes.Select(a => a.Above ?? a.Below!.Value))}",
        };
    }

    private static EvenSizes Try(AxisSizes sizes, int present, int period)
    {
        int first = Math.Max(1, present - period),
            last = present + period;
        bool?[] even = [.. Enumerable.Range(first, last - first + 1).Select(sizes.IsEven)];
        List<int> found = [.. Enumerable.Range(first, even.Length).Where(n => even[n - first] == true)];
        int modulus = Enumerable.Range(1, period).First(m => period % m == 0 && IsPeriodic(even, m));
        int[] residues = [.. found.Select(n => n % modulus).Distinct().Order()];
        return new EvenSizes(
            found,
            modulus,
            residues,
            found.Contains(present),
            !sizes.IsBound,
            Below(found, present),
            Above(found, present)
        );
    }

    /// <summary>Whether sizes that far apart agree, where both fit; at the full period they do.</summary>
    private static bool IsPeriodic(bool?[] even, int period)
    {
        Dictionary<int, bool> known = [];
        for (int i = 0; i < even.Length; i++)
        {
            if (even[i] is { } now && !(known.TryAdd(i % period, now) || known[i % period] == now))
            {
                return false;
            }
        }

        return true;
    }

    private static int? Below(List<int> found, int present) =>
        found.Where(n => n < present).Select(n => (int?)n).LastOrDefault();

    private static int? Above(List<int> found, int present) =>
        found.Where(n => n > present).Select(n => (int?)n).FirstOrDefault();

    /// <summary>The sizes of one axis.</summary>
    /// <param name="Sizes">Those within a period around the present one.</param>
    /// <param name="Modulus">The least period.</param>
    /// <param name="Residues">The sizes modulo that.</param>
    /// <param name="IsEven">Whether the present size is one.</param>
    /// <param name="IsFree">Whether no layer is bound to one size.</param>
    /// <param name="Below">The next smaller one.</param>
    /// <param name="Above">The next larger one.</param>
    private sealed record EvenSizes(
        IReadOnlyList<int> Sizes,
        int Modulus,
        IReadOnlyList<int> Residues,
        bool IsEven,
        bool IsFree,
        int? Below,
        int? Above
    )
    {
        public string Text =>
            Sizes.Count == 0 ? "no input size that the network takes makes all strides come out even"
            : IsFree ? $"sizes n = {string.Join(", ", Residues)} (mod {Modulus}) come out even; {Nearest}"
            : $"of the sizes that its linear layer takes {string.Join(", ", Sizes.Take(6))} {(Sizes.Count == 1 ? "comes" : "come")} out even; {Nearest}";

        private string Nearest =>
            (IsEven ? "this is one" : "this is none")
            + (
                Below is { } below && Above is { } above ? $", the nearest others are {below} and {above}"
                : (Below ?? Above) is { } other ? $", the nearest other is {other}"
                : ""
            );
    }
}
